import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CHILD_ENV } from './child-env.ts';

const KEY = 'pakiet_key-of-the-crash-run';
const root = fileURLToPath(new URL('../../', import.meta.url));
const ENTRY = fileURLToPath(new URL('./crash-entry.ts', import.meta.url));

/** What a server printed as an error, and when, real time. */
export interface Complaint {
  at: number;
  text: string;
}

/** Whoever answers what is asked of the API. */
export type Api = Pick<CrashServer, 'call'>;

/** One life of a real server whose clock is steered, and that may be killed at any moment of it. */
export class CrashServer {
  /** A healthy server has none, however often it was killed before. */
  readonly complaints: Complaint[] = [];
  /** Its address; never resolves where it is killed before. */
  readonly ready: Promise<string>;
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #moves: (() => void)[] = [];
  #url = '';

  /** @param clock file of the offset of its clock */
  constructor(clock: string, env: Record<string, string>, args: readonly string[] = []) {
    const options = ['--disable-warning=ExperimentalWarning', ENTRY, ...args];
    this.#child = spawn(process.execPath, options, {
      cwd: root,
      env: {
        ...CHILD_ENV,
        PORT: '0',
        PAKIET_API_KEY: KEY,
        PAKIET_ALLOW_NETWORKS: '127.0.0.0/8',
        LOG_LEVEL: 'error',
        CRASH_CLOCK: clock,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdin, stdout, stderr } = this.#child;
    // What is written to a process that has just been killed is lost, as it should be.
    stdin?.on('error', () => {});
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ready = promise;
    const complain = (text: string) => this.complaints.push({ at: Date.now(), text });
    createInterface({ input: stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const [, url] = /listens on (\S+)/.exec(line) ?? [];
      if (url) {
        this.#url = url;
        resolve(url);
      } else if (line.startsWith('clock moved')) this.#moves.shift()?.();
      else if (line.startsWith('{')) complain(line);
    });
    createInterface({ input: stderr as NodeJS.ReadableStream }).on('line', complain);
    this.ended = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  /** The clock was moved; resolves when the server has looked, and never where it is killed before. */
  async moved(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#moves.push(resolve);
    this.#child.stdin?.write('moved\n');
    await promise;
  }

  signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void {
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
