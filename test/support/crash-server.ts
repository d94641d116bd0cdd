import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const KEY = 'pakiet_key-of-the-crash-run';
const root = fileURLToPath(new URL('../../', import.meta.url));
const ENTRY = fileURLToPath(new URL('./crash-entry.ts', import.meta.url));

/** One life of a real server whose clock is steered, and that may be killed at any moment of it. */
export class CrashServer {
  /** What it printed as an error; a healthy server prints none, however often it was killed before. */
  readonly complaints: string[] = [];
  /** Its address; never resolves where it is killed before. */
  readonly ready: Promise<string>;
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #moves: (() => void)[] = [];
  #url = '';

  constructor(folder: string, clockOffsetMs: number, env: Record<string, string>) {
    this.#child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        PAKIET_DATA_DIR: folder,
        PAKIET_API_KEY: KEY,
        PAKIET_ALLOW_NETWORKS: '127.0.0.0/8',
        LOG_LEVEL: 'error',
        CRASH_CLOCK_OFFSET_MS: String(clockOffsetMs),
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdin, stdout, stderr } = this.#child;
    // What is written to a process that has just been killed is lost, as it should be.
    stdin?.on('error', () => {});
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ready = promise;
    createInterface({ input: stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const [, url] = /listens on (\S+)/.exec(line) ?? [];
      if (url) {
        this.#url = url;
        resolve(url);
      } else if (line.startsWith('clock moved')) this.#moves.shift()?.();
      else if (line.startsWith('{')) this.complaints.push(line);
    });
    createInterface({ input: stderr as NodeJS.ReadableStream }).on('line', (line) =>
      this.complaints.push(line),
    );
    this.ended = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  /** Moves the clock; resolves when the server's threads see it, and never where it is killed before. */
  async move(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#moves.push(resolve);
    this.#child.stdin?.write(`${ms}\n`);
    await promise;
  }

  signal(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.#child.kill(signal);
  }

  /** Calls the API. @throws where no whole answer came */
  async call(
    method: string,
    path: string,
    body?: unknown,
    // biome-ignore lint/suspicious/noExplicitAny: whoever asks knows what an answer holds
  ): Promise<{ status: number; body: any }> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${KEY}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    return { status: response.status, body: await response.json() };
  }
}
