import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A module of the bench in a process of its own, asked one thing at a time. */
export class Child<Questions extends object, Answer> {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  /** Starts the module and answers with the first message it sends: that it is ready. */
  static async start<Questions extends object, Answer>(
    module: URL,
    args: string[] = [],
  ): Promise<{ child: Child<Questions, Answer>; ready: Answer }> {
    const started = fork(module, args, {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
    });
    const child = new Child<Questions, Answer>(started);
    return { child, ready: await child.#answer() };
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  async ask(question: Questions): Promise<Answer> {
    const answer = this.#answer();
    this.#process.send(question);
    return answer;
  }

  async #answer(): Promise<Answer> {
    const ended = new AbortController();
    const death = () => ended.abort();
    this.#process.once('exit', death);
    try {
      const [answer] = await once(this.#process, 'message', { signal: ended.signal });
      return answer as Answer;
    } finally {
      this.#process.off('exit', death);
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }
}
