import type { Dispatcher } from 'undici';
import type { LoggedRequest } from '../store/rows.ts';

/** Of a response so much is read and kept; reading stops there. */
const RESPONSE_LIMIT_BYTES = 16 * 1024;

/** An answer, as far as it came. */
export interface Answer {
  status: number;
  logged: NonNullable<LoggedRequest['response']>;
  /** What ended its body before its time; null where nothing did. */
  brokenOff: unknown;
}

/**
 * One request and its answer. It goes over undici's `dispatch`: a stream for each body, and a signal for
 * each request, would cost as much again as the request itself.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Resolves with the answer, once it is whole or enough of it has been read. @throws where there is none */
  readonly answer: Promise<Answer>;
  readonly #settle: PromiseWithResolvers<Answer>;
  readonly #objection: () => Error | null;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #headers: Record<string, string | string[] | undefined> = {};
  #size = 0;
  #isOver = false;
  #reason: Error | null = null;

  /**
   * @param objection asked in the moment in which the request is sent: why it must not be. One that is handed
   * over is not sent yet: its connection is made first, or, where there is one, looked at once more. Between
   * the two the process may stand still for any time
   */
  constructor(objection: () => Error | null) {
    this.#objection = objection;
    this.#settle = Promise.withResolvers();
    this.answer = this.#settle.promise;
  }

  /** Ends it now, for this reason. */
  abort(reason: Error): void {
    if (this.#isOver) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#fail(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const reason = this.#reason ?? this.#objection();
    if (reason) controller.abort(reason);
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // One that only announces the answer, such as 103.
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size <= RESPONSE_LIMIT_BYTES) return;
    // The rest is not ours to download.
    this.#end(null);
    controller.abort(new Error('The rest of the answer is not read'));
  }

  onResponseEnd(): void {
    this.#end(null);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #fail(error: Error): void {
    if (this.#status > 0) this.#end(error);
    else {
      this.#isOver = true;
      this.#settle.reject(error);
    }
  }

  #end(brokenOff: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const bytes = Buffer.concat(this.#chunks, this.#size);
    const body = bytes.toString('utf8', 0, Math.min(this.#size, RESPONSE_LIMIT_BYTES));
    const truncated = this.#size > RESPONSE_LIMIT_BYTES;
    const logged = {
      status: this.#status,
      headers: given(this.#headers),
      body,
      ...(truncated && { truncated: true as const }),
    };
    this.#settle.resolve({ status: this.#status, logged, brokenOff });
  }
}

function given(headers: Record<string, string | string[] | undefined>) {
  const all: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) all[name] = value;
  return all;
}
