import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { LoggedRequest } from './rows.ts';

/** Smaller requests are compressed faster than they could be handed to another thread. */
const WORTH_A_THREAD = 16 * 1024;
const FAST = { level: 1 };
/** What is smaller is stored as it is, marked by a byte with which nothing compressed begins (RFC 1951, 3.2.3). */
const WORTH_COMPRESSING = 4 * 1024;
const AS_IT_IS = '\x07';

const ahead = new WeakMap<LoggedRequest, Buffer>();
const inAnotherThread = promisify(deflateRaw);

/** Whether it is worth its while to {@link compressAhead}. */
export const isLarge = ({ request, response }: LoggedRequest): boolean =>
  request.body.length + (response?.body.length ?? 0) >= WORTH_A_THREAD;

/**
 * Compresses a large request before the transaction that logs it: a megabyte takes tens of milliseconds,
 * and every writer would wait.
 */
export async function compressAhead(request: LoggedRequest): Promise<void> {
  ahead.set(request, await inAnotherThread(JSON.stringify(request), FAST));
}

/** The request as it is stored. */
export function compress(request: LoggedRequest): Buffer {
  const compressed = ahead.get(request);
  if (compressed) return compressed;
  const json = JSON.stringify(request);
  return json.length < WORTH_COMPRESSING
    ? Buffer.from(AS_IT_IS + json)
    : deflateRawSync(json, FAST);
}

export function decompress(entry: Buffer): LoggedRequest {
  const isAsItIs = entry[0] === AS_IT_IS.charCodeAt(0);
  return JSON.parse((isAsItIs ? entry.subarray(1) : inflateRawSync(entry)).toString());
}
