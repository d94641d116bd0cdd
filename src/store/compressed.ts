import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { LoggedRequest } from './rows.ts';

/** Smaller requests are compressed faster than they could be handed to another thread. */
const WORTH_A_THREAD = 16 * 1024;
const FAST = { level: 1 };

const ahead = new WeakMap<LoggedRequest, Buffer>();
const inAnotherThread = promisify(deflateRaw);

/**
 * Compresses a large request before the transaction that logs it: a megabyte takes tens of milliseconds,
 * and every writer would wait.
 */
export async function compressAhead(request: LoggedRequest): Promise<void> {
  const size = request.request.body.length + (request.response?.body.length ?? 0);
  if (size < WORTH_A_THREAD) return;
  ahead.set(request, await inAnotherThread(JSON.stringify(request), FAST));
}

/** The request as it is stored. */
export function compress(request: LoggedRequest): Buffer {
  return ahead.get(request) ?? deflateRawSync(JSON.stringify(request), FAST);
}

export function decompress(entry: Buffer): LoggedRequest {
  return JSON.parse(inflateRawSync(entry).toString());
}
