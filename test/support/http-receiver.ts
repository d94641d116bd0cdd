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
        this.deliveries.push({ path, headers: request.headers, body });
        response.writeHead(this.statuses.get(path) ?? 200).end('ok');
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
