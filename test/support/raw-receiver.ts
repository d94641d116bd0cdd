import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What a receiver does with a connection; counted from 0. */
type Serve = (socket: Socket, nth: number) => void;

/** A receiver of webhooks that speaks whatever the test has it say, byte by byte. */
export class RawReceiver {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];

  private constructor(serve: Serve) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      // That the sender goes away is what many tests are about.
      socket.on('error', () => {});
      this.#sockets.push(socket);
      serve(socket, this.#sockets.length - 1);
    });
  }

  static async start(serve: Serve, host = '127.0.0.1'): Promise<RawReceiver> {
    const receiver = new RawReceiver(serve);
    receiver.#server.listen(0, host);
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** How often it was connected to. */
  get connections(): number {
    return this.#sockets.length;
  }

  /** How many bytes it could push out, those on their way included. */
  get pushed(): number {
    return this.#sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Serves once a request has begun to come in, and not before. */
export const onRequest =
  (serve: Serve): Serve =>
  (socket, nth) =>
    socket.once('data', () => serve(socket, nth));

/** Answers every request on a connection in these bytes. */
export const say =
  (bytes: string | Buffer): Serve =>
  (socket) =>
    socket.on('data', () => socket.write(bytes));

/** Answers in these bytes and closes the connection. */
export const sayAndClose = (bytes: string | Buffer): Serve =>
  onRequest((socket) => socket.end(bytes));

/** Pushes as much as is taken, up to a gigabyte. */
export function flood(socket: Socket, chunk: string | Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.bytesWritten < 1e9) {
      if (!socket.write(chunk)) return;
    }
  };
  socket.on('drain', more);
  more();
}

/** Writes a byte at a time, for as long as the connection lasts. */
export function drip(socket: Socket, byte = 'x'): void {
  const timer = setInterval(() => socket.write(byte), 20);
  socket.on('close', () => clearInterval(timer));
}
