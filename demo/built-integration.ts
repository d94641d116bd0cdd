import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { unzipSync } from 'fflate';

const ZIP = fileURLToPath(new URL('../build/build.zip', import.meta.url));

/** What Zapier hands to a function of the integration; see its platform's documentation of `bundle`. */
export type Bundle = Record<string, unknown>;

/** Unpacks a built integration. */
export function unpack(zip: string, folder: string): void {
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
    if (name.endsWith('/')) continue;
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}

/**
 * The integration as Zapier runs it: the built zip, unpacked, its handler driven in a thread of its own
 * (so that what it prints stays there).
 */
export class BuiltIntegration {
  readonly #worker: Worker;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  #lastCall = 0;

  /** @param folder where to unpack it; made by `npm run zapier:build` before */
  constructor(folder: string) {
    unpack(ZIP, folder);
    this.#worker = new Worker(new URL('./integration-thread.ts', import.meta.url), {
      workerData: pathToFileURL(join(folder, 'zapierwrapper.js')).href,
      stdout: true,
      stderr: true,
    });
    this.#worker.on('message', ({ call, results, error }) => {
      const waiting = this.#calls.get(call);
      this.#calls.delete(call);
      if (error === undefined) waiting?.resolve(results);
      else waiting?.reject(new Error(error));
    });
    this.#worker.on('error', (error) => {
      for (const waiting of this.#calls.values()) waiting.reject(error);
    });
  }

  /** Calls a function by its place in the app, such as `triggers.new_message.operation.perform`. */
  call<Result>(method: string, bundle: Bundle): Promise<Result> {
    const waiting = Promise.withResolvers<unknown>();
    this.#lastCall += 1;
    this.#calls.set(this.#lastCall, waiting);
    this.#worker.postMessage({ call: this.#lastCall, method, bundle });
    return waiting.promise as Promise<Result>;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Makes of an HTTP request what Zapier makes of it before it calls `perform`. */
export function hookBundle(delivery: {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}): Bundle {
  const headers = Object.fromEntries(
    Object.entries(delivery.headers).map(([name, value]) => [zapierName(name), String(value)]),
  );
  return {
    rawRequest: { method: 'POST', querystring: '', headers, content: delivery.body },
    cleanedRequest: { ...JSON.parse(delivery.body), querystring: {} },
  };
}

/** `webhook-id` → `Http-Webhook-Id`; only the content's own headers keep their names. */
function zapierName(name: string): string {
  const capitals = name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
  return /^Content-(Type|Length)$/.test(capitals) ? capitals : `Http-${capitals}`;
}
