import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { CHILD_ENV } from './child-env.ts';
import { tempFolder } from './temp-folder.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const SERVER = fileURLToPath(new URL('../../dist/src/server/main.js', import.meta.url));
export const COMMAND_LINE = fileURLToPath(new URL('../../dist/src/server/cli.js', import.meta.url));

export interface Ended {
  /** Null where a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

const children: ChildProcess[] = [];

// Whatever a failed test has left behind.
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** A program in a process of its own, with no environment but what it is given. */
export class Program {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  #changed = Promise.withResolvers<void>();

  constructor(
    command: string,
    args: string[],
    { cwd = ROOT, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
  ) {
    this.#child = spawn(command, args, { cwd, env: { ...CHILD_ENV, HOME: tempFolder(), ...env } });
    children.push(this.#child);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#notify();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#notify();
    });
    this.#child.on('close', () => this.#notify());
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves when the standard output holds the pattern. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#showed(pattern, 'stdout');
  }

  /** The same of the error output. */
  told(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#showed(pattern, 'stderr');
  }

  async #showed(pattern: RegExp, where: 'stdout' | 'stderr'): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this[where]);
      if (found) return found;
      if (this.#hasEnded) throw new Error(`The program ended: ${this.stdout}${this.stderr}`);
      await this.#changed.promise;
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when the process has ended and all it printed has come. */
  async ended(): Promise<Ended> {
    if (!this.#child.stdout?.closed || !this.#hasEnded) await once(this.#child, 'close');
    return { code: this.#child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }
}

/** Runs a program to its end. */
export const run = (...program: ConstructorParameters<typeof Program>): Promise<Ended> =>
  new Program(...program).ended();
