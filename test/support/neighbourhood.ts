import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { drip } from './raw-receiver.ts';

/** Ways in which an endpoint is faulty. */
export const FAULTS = ['hang', 'hang', 'drip', '500', 'reset'] as const;

/** How long the healthy endpoint takes for an answer. */
const ANSWER_MS = 5;

/** One origin with a healthy endpoint and any number of faulty ones. */
export class Neighbourhood {
  /** What came to the healthy endpoint, in order: chat and text of each message, and when. */
  readonly arrivals: { chat: string; text: string; at: number }[] = [];
  /** How many requests each kind of faulty endpoint got. */
  readonly faulty = new Map<string, number>();
  /** How long the sender waited for an answer that never came, in milliseconds. */
  readonly givenUpAfter: number[] = [];
  readonly #server: Server;
  #changed = Promise.withResolvers<void>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const [, path = ''] = request.url?.split('/') ?? [];
      if (path === 'healthy') void this.#serve(request, response);
      else this.#fail(path, request, response);
    });
  }

  static async start(): Promise<Neighbourhood> {
    const neighbourhood = new Neighbourhood();
    neighbourhood.#server.listen(0, '127.0.0.1');
    await once(neighbourhood.#server, 'listening');
    return neighbourhood;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${path}`;
  }

  /** Resolves when it is so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.#changed.promise;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now();
    let body = '';
    for await (const chunk of request) body += chunk;
    const { chat, message } = JSON.parse(body);
    this.arrivals.push({ chat: chat.full_name, text: message.text, at });
    setTimeout(() => response.end('ok'), ANSWER_MS);
    this.#notify();
  }

  #fail(how: string, { socket }: IncomingMessage, response: ServerResponse): void {
    const from = performance.now();
    this.faulty.set(how, (this.faulty.get(how) ?? 0) + 1);
    if (how === '500') response.writeHead(500).end();
    else if (how === 'reset') socket.resetAndDestroy();
    else {
      if (how === 'drip') {
        response.writeHead(200).flushHeaders();
        drip(socket, '1\r\nx\r\n');
      }
      socket.once('close', () => {
        this.givenUpAfter.push(performance.now() - from);
        this.#notify();
      });
    }
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
