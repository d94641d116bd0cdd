import type { LoggedMessage } from '../store/rows.ts';
import { aggregationLine } from '../wire/aggregation.ts';
import { type Rendering, renderBundle, renderMessage } from './render.ts';

/** A bundle's body may be so large; what goes beyond is the next bundle. */
export const MAX_BUNDLE_BYTES = 1_000_000;

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** What a message adds to the body: itself, a comma, its line of the aggregation and that line's break. */
export const weightOf = (context: Rendering, logged: LoggedMessage): number => {
  const message = renderMessage(context, logged);
  return bytesOf(message) + ','.length + bytesOf(aggregationLine(message)) + '<br/>'.length - 2;
};

/** Bytes of the body of a bundle that holds one message so far. */
export const openingBytes = (context: Rendering, first: LoggedMessage): number =>
  bytesOf(renderBundle(context, [first]));

/** Takes messages in order for as long as the bundle's body stays within its limit; at least one. */
export class BundleFit {
  readonly #context: Rendering;
  #bytes = 0;

  constructor(context: Rendering) {
    this.#context = context;
  }

  /** Whether the message still fits; if so, it counts as taken. */
  take(message: LoggedMessage): boolean {
    const isFirst = this.#bytes === 0;
    const bytes = isFirst
      ? openingBytes(this.#context, message)
      : this.#bytes + weightOf(this.#context, message);
    if (!isFirst && bytes > MAX_BUNDLE_BYTES) return false;
    this.#bytes = bytes;
    return true;
  }
}

/** The longest start of the run whose body is within the limit; at least one message. */
export function fitting(context: Rendering, run: readonly LoggedMessage[]): LoggedMessage[] {
  const fit = new BundleFit(context);
  const end = run.findIndex((message) => !fit.take(message));
  return run.slice(0, end === -1 ? undefined : end);
}
