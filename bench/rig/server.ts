import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import type { NewWebhookInput } from '../../src/wire/webhook.ts';
import type { Target } from './load.ts';
import { messageOf, type Traffic } from './messages.ts';
import type { Place } from './stores.ts';

export const API_KEY = 'pakiet_key-of-the-bench';

const ASKED_EVERY_MS = 60;

const root = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../dist/src/server/main.js', import.meta.url));

/** The program as it is delivered, in a process of its own. */
export class Server {
  readonly #child: ChildProcess;
  readonly #complaints: string[] = [];
  url = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param profiles folder into which profiles of the processor's time are written when it stops */
  static async start(place: Place, profiles?: string): Promise<Server> {
    if (!existsSync(PROGRAM)) throw new Error('The program is not built: npm run build');
    const profiling = profiles ? ['--cpu-prof', '--cpu-prof-dir', profiles] : [];
    const child = spawn(process.execPath, [...profiling, PROGRAM], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        PAKIET_API_KEY: API_KEY,
        PAKIET_ALLOW_NETWORKS: '127.0.0.0/8',
        LOG_LEVEL: 'error',
        ...place.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new Server(child);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => {
        const [, url] = /listens on (\S+)/.exec(line) ?? [];
        if (url) resolve(url);
        else if (line.startsWith('{') || stream === child.stderr) server.#complaints.push(line);
      });
    }
    child.on('close', (code) =>
      reject(new Error(`The server ended (${code}): ${server.#complaints.join('\n')}`)),
    );
    server.url = await promise;
    return server;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  async call<Body>(method: 'GET' | 'POST', path: string, body?: object): Promise<Body> {
    const response = await request(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${path}: ${response.statusCode} ${text}`);
    return JSON.parse(text) as Body;
  }

  webhook(given: NewWebhookInput): Promise<{ id: string }> {
    return this.call('POST', '/webhooks', given);
  }

  /** Asks until no webhook has anything to send. */
  async untilNothingWaits(): Promise<void> {
    for (let tries = 0; tries < 1000; tries += 1) {
      const webhooks = await this.call<{ waiting: number }[]>('GET', '/webhooks');
      if (webhooks.every(({ waiting }) => waiting === 0)) return;
      // A key may ask 1,200 times a minute.
      await sleep(ASKED_EVERY_MS);
    }
    throw new Error('Something goes on waiting');
  }

  /**
   * Stops it as an administrator would.
   * @throws where it complained of something, or did not stop well
   */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    const complaints = this.#complaints.join('\n');
    if (this.#child.exitCode !== 0 || complaints) {
      throw new Error(`The server ended with ${this.#child.exitCode}: ${complaints}`);
    }
  }

  /** For when the case has failed anyway. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Intake requests with one message each, as the server takes them, or a bare one in its place. */
export function intakeAt(origin: string, traffic: Traffic, mark = () => ''): Target {
  return {
    origin,
    path: '/api/v1/messages',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    status: 202,
    body: (index) => {
      const message = messageOf(index, traffic);
      message.message.text = mark() + message.message.text;
      return JSON.stringify(message);
    },
  };
}
