import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a program and PostgreSQL, and cuts a connection, or does something else, at a moment of choice. */
export class CuttingProxy {
  /** Connections cut so far. */
  cuts = 0;
  /** Bytes that the program has sent so far. */
  passed = 0;
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #to: { host: string; port: number };
  #statement: Buffer | null = null;
  #before = false;
  #mark = Number.POSITIVE_INFINITY;
  #act = () => {};
  #rewritten: { from: string; to: string } | null = null;

  static async to(url: string): Promise<CuttingProxy> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new CuttingProxy(server, url);
  }

  private constructor(server: Server, url: string) {
    const given = new URL(url);
    this.#to = { host: given.hostname, port: Number(given.port || 5432) };
    given.hostname = '127.0.0.1';
    given.port = String((server.address() as AddressInfo).port);
    this.url = given.href;
    this.#server = server;
    server.on('connection', (client) => this.#join(client));
  }

  /** The next such statement is passed on, and its answer is not. */
  cutAtAnswerTo(statement: string): void {
    this.#statement = Buffer.from(`${statement}\0`);
    this.#before = false;
  }

  /** The next such statement is not passed on. */
  cutBefore(statement: string): void {
    this.#statement = Buffer.from(`${statement}\0`);
    this.#before = true;
  }

  /** Acts once the program has sent so many bytes from now on. */
  afterBytes(bytes: number, act: () => void): void {
    this.#mark = this.passed + bytes;
    this.#act = act;
  }

  /** From now on the program's connections pass on nothing, and stay open; those made later are as usual. */
  silence(): void {
    for (const socket of this.#sockets) socket.removeAllListeners('data').on('data', () => {});
  }

  /** Where the program says the one, the other is passed on. They are of the same length. */
  rewrite(from: string, to: string): void {
    this.#rewritten = { from, to };
  }

  /** Cuts all connections. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket): void {
    const server = connect(this.#to);
    let cutting = false;
    const cut = () => {
      this.cuts += 1;
      client.destroy();
      server.destroy();
    };
    client.on('data', (bytes) => {
      this.passed += bytes.length;
      if (this.passed >= this.#mark) {
        this.#mark = Number.POSITIVE_INFINITY;
        this.#act();
      }
      if (this.#statement && bytes.includes(this.#statement)) {
        this.#statement = null;
        cutting = true;
        if (this.#before) return cut();
      }
      server.write(this.#asRewritten(bytes));
    });
    server.on('data', (bytes) => (cutting ? cut() : client.write(bytes)));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  }

  #asRewritten(bytes: Buffer): Buffer {
    if (!this.#rewritten) return bytes;
    const { from, to } = this.#rewritten;
    return Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
  }

  async close(): Promise<void> {
    this.cutAll();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
