import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';

/** A receiver of webhooks over TLS on loopback: answers 200, and remembers who asked for what. */
export class HttpsReceiver {
  /** For each handshake that came to its end, the server name that was asked for; false for none. */
  readonly handshakes: (string | false)[] = [];
  /** The bodies that came. */
  readonly bodies: string[] = [];
  readonly #server: Server;

  private constructor(certificate: Certificate) {
    this.#server = createServer(certificate, (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        this.bodies.push(body);
        response.end('ok');
      });
    });
    this.#server.on('secureConnection', (socket: TLSSocket) => {
      this.handshakes.push((socket as { servername?: string | false }).servername ?? false);
    });
  }

  static async start(certificate: Certificate, host = '127.0.0.1'): Promise<HttpsReceiver> {
    const receiver = new HttpsReceiver(certificate);
    receiver.#server.listen(0, host);
    await once(receiver.#server, 'listening');
    return receiver;
  }

  /** @param host the name by which it is asked for */
  url(host: string): string {
    return `https://${host}:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
