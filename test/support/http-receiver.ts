import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpDelivery {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A receiver of webhooks on loopback: keeps what comes and answers as it is told. */
export class HttpReceiver {
  readonly deliveries: HttpDelivery[] = [];
  /** Status answered to a path; 200 where none is set. */
  readonly statuses = new Map<string, number>();
  /** Body answered to a path; "ok" where none is set. */
  readonly bodies = new Map<string, string>();
  readonly #held = new Map<string, Promise<void>>();
  readonly #server: Server;
  #arrived = Promise.withResolvers<void>();

  private constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        const path = request.url as string;
        const release = this.#held.get(path);
        this.deliveries.push({ path, headers: request.headers, body });
        const answer = () =>
          response
            .writeHead(this.statuses.get(path) ?? 200, { 'x-receiver': 'of the tests' })
            .end(this.bodies.get(path) ?? 'ok');
        if (release) void release.then(answer);
        else answer();
        this.#arrived.resolve();
        this.#arrived = Promise.withResolvers();
      });
    });
  }

  static async start(): Promise<HttpReceiver> {
    const receiver = new HttpReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** Leaves requests to a path without an answer until the function that it returns is called. */
  hold(path: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.set(path, promise);
    return () => {
      this.#held.delete(path);
      resolve();
    };
  }

  at(path: string): HttpDelivery[] {
    return this.deliveries.filter((delivery) => delivery.path === path);
  }

  /** Resolves when so many deliveries have come to a path. */
  async waitFor(path: string, count: number): Promise<HttpDelivery[]> {
    while (this.at(path).length < count) await this.#arrived.promise;
    return this.at(path);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
