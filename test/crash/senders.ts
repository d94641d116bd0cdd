import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../support/crash-server.ts';
import type { Said } from './history.ts';
import type { Random } from './random.ts';
import type { SteeredTime } from './steered-time.ts';

const CHATS = 6;
/** A chat goes quiet after so many messages, and another begins. */
const MESSAGES_OF_A_CHAT = 60;

/** What a sender needs of the run. */
export interface Outlet {
  readonly said: Said[];
  readonly faults: string[];
  readonly time: SteeredTime;
  /** The server that is up; waits until there is one that may be talked to. */
  open(): Promise<Api>;
  /** A request is under way until the function returned is called. */
  busy(): () => void;
  strike(event: 'asked' | 'accepted'): void;
  /** Whether the server may be unable to take anything just now, and say so with a 503. */
  mayBeUnable?(server: Api): boolean;
  /** Whether a request that got no answer has come to its end: its server is dead. */
  isOver(server: Api): boolean;
  /** The longest pause between two requests of a sender. */
  readonly pauseMs: number;
}

/**
 * A gateway with some chats of its own: says one thing after the other, in bursts now and then, and says
 * again what got no answer, as often as it takes, before it goes on.
 */
export class CrashSender {
  readonly #name: number;
  readonly #outlet: Outlet;
  readonly #random: Random;
  readonly #chats: { name: string; said: number }[] = [];
  #begun = 0;
  #last: Said[] = [];

  constructor(name: number, outlet: Outlet, random: Random) {
    this.#name = name;
    this.#outlet = outlet;
    this.#random = random;
  }

  async run(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      await pause(this.#random.whole(0, this.#outlet.pauseMs));
      // Gateways repeat themselves even after an answer.
      const again = this.#last.length > 0 && this.#random.chance(0.04);
      const request = again ? this.#last : this.#compose();
      await this.#hand(request);
      this.#last = request;
    }
  }

  #compose(): Said[] {
    const { said, time } = this.#outlet;
    const request: Said[] = [];
    for (let chats = this.#random.pick([1, 1, 1, 2, 3]); chats > 0; chats -= 1) {
      const chat = this.#chat();
      const count = this.#random.chance(0.03) ? 20 : this.#random.pick([1, 1, 1, 2, 4]);
      for (let i = 0; i < count; i += 1) {
        chat.said += 1;
        request.push({
          chat: chat.name,
          text: `${chat.name}.${chat.said}`,
          direction: this.#random.chance(0.6) ? 'received' : 'sent',
          answered: false,
          from: time.earliest(),
          to: Number.POSITIVE_INFINITY,
        });
      }
    }
    said.push(...request);
    return request;
  }

  #chat() {
    const i = this.#random.whole(0, CHATS - 1);
    let chat = this.#chats[i];
    if (!chat || chat.said >= MESSAGES_OF_A_CHAT) {
      this.#begun += 1;
      chat = { name: `chat ${this.#name}-${this.#begun}`, said: 0 };
      this.#chats[i] = chat;
    }
    return chat;
  }

  async #hand(request: Said[]): Promise<void> {
    const { time, faults } = this.#outlet;
    const messages = request.map((said) => this.#inbound(said));
    const body = messages.length === 1 ? messages[0] : { messages };
    let hasFailed = false;
    /** When the attempt before this one was known to have failed; null where it may still be under way. */
    let takenBy: number | null = null;
    for (;;) {
      const server = await this.#outlet.open();
      const done = this.#outlet.busy();
      const from = time.earliest();
      try {
        const asking = server.call('POST', '/messages', body);
        this.#outlet.strike('asked');
        const { status, body: result } = await asking;
        if (status === 503 && this.#outlet.mayBeUnable?.(server)) throw new Error('unable');
        const wasNew = result.accepted === request.length && result.duplicates === 0;
        const wasKnown = result.accepted === 0 && result.duplicates === request.length;
        const mayBeKnown = hasFailed || request.every(({ answered }) => answered);
        if (status !== 202 || !(wasNew || (wasKnown && mayBeKnown))) {
          faults.push(`a request was answered ${status} ${JSON.stringify(result)}`);
          if (status !== 202) throw new Error('no 202');
        }
        for (const said of request) {
          if (said.answered) {
            if (wasNew) faults.push(`${said.text} was taken a second time`);
            continue;
          }
          said.answered = true;
          if (wasNew) said.from = from;
          said.to = wasNew ? time.latest() : (takenBy ?? time.latest());
        }
        this.#outlet.strike('accepted');
        return;
      } catch {
        hasFailed = true;
        takenBy = this.#outlet.isOver(server) ? time.latest() : null;
        await pause(5);
      } finally {
        done();
      }
    }
  }

  #inbound({ chat, text, direction }: Said) {
    return {
      whatsapp_account: { phone: `+97255000000${this.#name}` },
      chat: { id: `${chat}@c.us`, full_name: chat, phone: '' },
      message: { message_id: text, direction, timestamp: '2021-02-24T16:25:29Z', text },
    };
  }
}
