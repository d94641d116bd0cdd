import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Delivered, Hook } from './history.ts';
import type { Event } from './plan.ts';
import type { Random } from './random.ts';
import type { SteeredTime } from './steered-time.ts';

/** A shaky receiver fails so many requests in a row at most: too few for it to be switched off. */
const LONGEST_BLIP = 5;
/** And each delivery so often at most: too few for it to be set aside as unacceptable. */
const FAILURES_OF_ONE = 3;

/** What is behind the webhooks: takes everything down and answers as the hook's receiver would. */
export class Receivers {
  readonly delivered: Delivered[] = [];
  /** Hooks whose receiver is down for good. */
  readonly dead = new Set<string>();
  /** From now on no blips. */
  healed = false;
  readonly #server: Server;
  readonly #random: Random;
  readonly #time: SteeredTime;
  readonly #strike: (event: Event) => void;
  readonly #hooks: ReadonlyMap<string, Hook>;
  readonly #longestHoldMs: number | null;
  readonly #blips = new Map<string, number>();
  /** The first success of a shaky hook in a life since its last failure. */
  readonly #successes = new Map<string, { life: number; at: number }>();
  readonly #failures = new Map<string, number>();
  readonly #hanging = new Set<ServerResponse>();

  /** @param longestHoldMs how long an answer may take; null where it is given soon, or never */
  constructor(
    hooks: readonly Hook[],
    time: SteeredTime,
    random: Random,
    strike: (event: Event) => void,
    longestHoldMs: number | null = null,
  ) {
    this.#hooks = new Map(hooks.map((hook) => [hook.name, hook]));
    this.#time = time;
    this.#random = random;
    this.#strike = strike;
    this.#longestHoldMs = longestHoldMs;
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      request.on('end', () => this.#take(request, body, response));
      request.on('error', () => {});
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  url(hook: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${hook}`;
  }

  /** No more failures; what hangs is cut. */
  heal(): void {
    this.healed = true;
    for (const response of this.#hanging) response.destroy();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #take({ url, headers }: IncomingMessage, body: string, response: ServerResponse): void {
    const json = JSON.parse(body);
    const messages: { message_id: string; text: string }[] = json.messages ?? [json.message];
    const delivered: Delivered = {
      hook: (url as string).slice(1),
      id: String(headers['webhook-id']),
      chat: json.chat.full_name,
      texts: messages.map(({ text }) => text),
      messageIds: messages.map(({ message_id }) => message_id),
      life: Number(/^http:\/\/life-(\d+)\./.exec(json.chat.chat_url)?.[1]),
      at: Date.now(),
      from: this.#time.earliest(),
      to: this.#time.latest(),
      outcome: null,
      endedAt: null,
    };
    this.delivered.push(delivered);
    response.on('close', () => this.#end(delivered, 'failed'));
    this.#tell(delivered, 'arrived');
    const wait = this.#wait();
    if (wait === 0) this.#answer(delivered, response);
    else setTimeout(() => this.#answer(delivered, response), wait);
  }

  #wait(): number {
    const longest = this.#longestHoldMs;
    if (longest !== null && this.#random.chance(0.02)) return this.#random.whole(100, longest);
    return this.#random.chance(0.2) ? this.#random.whole(1, 8) : 0;
  }

  #tell({ hook }: Delivered, event: 'arrived' | 'answered'): void {
    this.#strike(event);
    if (this.#hooks.get(hook)?.granularityHours !== 0) this.#strike(`bundle ${event}`);
  }

  #end(delivered: Delivered, outcome: 'ok' | 'failed'): void {
    delivered.outcome ??= outcome;
    delivered.endedAt ??= Date.now();
  }

  #answer(delivered: Delivered, response: ServerResponse): void {
    if (!this.#fails(delivered)) {
      // Dated before the bytes can be read: whatever is settled was answered by then.
      this.#end(delivered, 'ok');
      response.writeHead(200).end('ok');
    } else {
      this.#failTo(delivered.hook, response);
    }
    this.#tell(delivered, 'answered');
  }

  #failTo(hook: string, response: ServerResponse): void {
    switch (this.#random.pick(['500', '500', '503', 'hang', 'reset', 'cut'])) {
      case 'hang':
        // A dead receiver's would keep the run waiting for eleven time limits in a row.
        if (!this.dead.has(hook)) {
          if (this.#longestHoldMs !== null)
            setTimeout(() => response.destroy(), this.#longestHoldMs);
          this.#hanging.add(response);
          response.on('close', () => this.#hanging.delete(response));
          return;
        }
        return void response.writeHead(500).end();
      case 'reset':
        return void response.socket?.resetAndDestroy();
      case 'cut':
        response.writeHead(200, { 'content-length': '10' }).flushHeaders();
        return void response.write('o', () => response.destroy());
      case '503':
        return void response.writeHead(503, { 'retry-after': '60' }).end();
      default:
        return void response.writeHead(500).end('broken');
    }
  }

  #fails(delivered: Delivered): boolean {
    const { hook, id } = delivered;
    if (this.dead.has(hook)) return true;
    if (this.healed || this.#hooks.get(hook)?.receiver !== 'shaky') return false;
    const left = this.#blips.get(hook) ?? 0;
    const failures = this.#failures.get(id) ?? 0;
    if (left > 0) {
      this.#blips.set(hook, left - 1);
      if (failures >= FAILURES_OF_ONE) return false;
      this.#failures.set(id, failures + 1);
      this.#successes.delete(hook);
      return true;
    }
    if (this.#isForgiven(delivered) && this.#random.chance(0.1)) {
      this.#blips.set(hook, this.#random.whole(1, LONGEST_BLIP));
    }
    return false;
  }

  /**
   * Whether the count of errors is surely clear: after an error requests come one by one, so once two
   * have succeeded in this life, the first of them has been written down.
   */
  #isForgiven({ hook, life, at }: Delivered): boolean {
    const success = this.#successes.get(hook);
    if (success?.life === life) return at >= success.at;
    this.#successes.set(hook, { life, at: Date.now() });
    return false;
  }
}
