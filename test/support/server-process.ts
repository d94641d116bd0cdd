import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CHILD_ENV } from './child-env.ts';

export const API_KEY = 'pakiet_key-of-the-tests';

/** A key may ask 1,200 times a minute. */
export const ASKED_EVERY_MS = 60;

const root = fileURLToPath(new URL('../../', import.meta.url));
const STEERED = fileURLToPath(new URL('./steered-server.ts', import.meta.url));

/** A real server in a process of its own, on a free port, with its clock steered. */
export class ServerProcess {
  readonly #child: ChildProcess;
  #output = '';
  #changed = Promise.withResolvers<void>();
  #moved = 0;
  url = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#notify();
      });
    }
    child.on('exit', () => this.#notify());
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** @param folder its data; @param env settings besides, or instead of, the usual ones of a test */
  static async start(folder: string, env: Record<string, string> = {}): Promise<ServerProcess> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', STEERED], {
      cwd: root,
      env: {
        ...CHILD_ENV,
        PORT: '0',
        PAKIET_DATA_DIR: folder,
        PAKIET_API_KEY: API_KEY,
        PAKIET_ALLOW_NETWORKS: '127.0.0.0/8',
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(child);
    const [, url] = await server.printed(/listens on (\S+)/);
    server.url = url as string;
    return server;
  }

  /** Everything the server has printed so far, on both streams. */
  get output(): string {
    return this.#output;
  }

  /** The server's time, Unix milliseconds. */
  now(): number {
    return Date.now() + this.#moved;
  }

  /** Moves the server's clock by so many milliseconds; resolves when all its threads see it. */
  async advance(ms: number): Promise<void> {
    const from = this.#output.length;
    this.#moved += Math.round(ms);
    this.#child.stdin?.write(`${Math.round(ms)}\n`);
    await this.printed(/clock moved by/, from);
  }

  /** Resolves when the output, from that place on, holds the pattern. */
  async printed(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#output.slice(from));
      if (found) return found;
      if (this.#child.exitCode !== null) throw new Error(`The server ended: ${this.#output}`);
      await this.#changed.promise;
    }
  }

  /** Calls the API with a key, by default the tests' own; answers the status and the parsed body. */
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what tests are to find out
  async call<Body = any>(
    method: string,
    path: string,
    body?: unknown,
    key = API_KEY,
  ): Promise<{ status: number; body: Body; headers: Headers }> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text ? JSON.parse(text) : null) as Body,
      headers: response.headers,
    };
  }

  /** Asks until the answer is as expected: each question is a real round trip, and there is a last one. */
  // biome-ignore lint/suspicious/noExplicitAny: as in `call`
  async until<Body = any>(path: string, isSo: (body: Body) => boolean): Promise<Body> {
    for (let tries = 0; tries < 1000; tries += 1) {
      const { body } = await this.call<Body>('GET', path);
      if (isSo(body)) return body;
      await sleep(ASKED_EVERY_MS);
    }
    throw new Error(`${path} did not come to be as expected`);
  }

  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends the server; answers its exit code, null where the signal ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill(signal);
      await once(this.#child, 'exit');
    }
    return this.#child.exitCode;
  }
}
