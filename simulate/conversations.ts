import { Random } from '../test/crash/random.ts';
import type { Account, Chat, Person } from './cast.ts';
import { phrase } from './phrases.ts';

// When who writes what. People write in turns: some messages close together, a pause, then the other one;
// after some turns the chat rests for hours. Such gaps are lognormal: most are short and some very long.

export interface Happening {
  /** In milliseconds of the play, which starts at 0. */
  at: number;
  account: Account;
  chat: Chat;
  /** The message's id at WhatsApp, in hexadecimal. */
  id: string;
  direction: 'received' | 'sent';
  /** For sent ones: written over the API rather than on the phone. */
  isFromApi: boolean;
  /** Who wrote what was received, or whom a direct message was for. */
  person: Person;
  /** A reaction and a receipt are about the message before. */
  kind: 'text' | 'attachment' | 'reaction' | 'receipt';
  /** The message's, or an attachment's caption; "" for the others. */
  text: string;
}

export const isMessage = ({ kind }: Happening) => kind === 'text' || kind === 'attachment';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Medians. */
const WITHIN_TURN = 5 * SECOND;
const BETWEEN_TURNS = 45 * SECOND;
const BETWEEN_CONVERSATIONS = 90 * MINUTE;
const MOST_TURNS = 10;
const GOES_ON = 0.4;
const ATTACHMENT = 0.08;
const REACTION = 0.06;
const RECEIPT = 0.5;
const FROM_API = 0.3;

/** Everything that happens in all chats of the cast, in order, without end. */
export function* conversations(cast: readonly Account[], seed: number): Generator<Happening> {
  const chats = cast.flatMap((account) => account.chats.map((chat) => ({ account, chat })));
  const talks = chats.map(({ account, chat }, at) => talk(account, chat, new Random(seed, at + 1)));
  const next = talks.map((one) => one.next().value as Happening);
  for (;;) {
    let first = 0;
    for (const [at, one] of next.entries()) {
      if (one.at < (next[first] as Happening).at) first = at;
    }
    yield next[first] as Happening;
    next[first] = talks[first]?.next().value as Happening;
  }
}

/** One chat, in order, without end. */
function* talk(account: Account, chat: Chat, random: Random): Generator<Happening, never> {
  let at = random.next() * BETWEEN_CONVERSATIONS;
  for (;;) {
    let direction: Happening['direction'] = random.chance(0.7) ? 'received' : 'sent';
    for (let turn = random.whole(1, MOST_TURNS); turn > 0; turn -= 1) {
      const person = random.pick(chat.people);
      let isOpening = true;
      do {
        const base = { account, chat, direction, person, isFromApi: random.chance(FROM_API) };
        const isAttachment = random.chance(ATTACHMENT);
        yield {
          ...base,
          at,
          id: idOf(random),
          kind: isAttachment ? 'attachment' : 'text',
          text: isAttachment && random.chance(0.5) ? '' : phrase(random, isOpening),
        };
        for (const [kind, share] of [
          ['receipt', RECEIPT],
          ['reaction', REACTION],
        ] as const) {
          at += lognormal(random, SECOND, 0.5);
          if (random.chance(share)) yield { ...base, at, id: idOf(random), kind, text: '' };
        }
        at += lognormal(random, WITHIN_TURN, 0.8);
        isOpening = false;
      } while (random.chance(GOES_ON));
      at += lognormal(random, BETWEEN_TURNS, 1.2);
      direction = direction === 'received' ? 'sent' : 'received';
    }
    at += lognormal(random, BETWEEN_CONVERSATIONS, 1);
  }
}

/** @param spread the deviation of the logarithm */
export function lognormal(random: Random, median: number, spread: number): number {
  // Box and Muller's way from even to normal.
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return median * Math.exp(spread * radius * Math.cos(2 * Math.PI * random.next()));
}

const idOf = (random: Random) =>
  Array.from({ length: 4 }, () =>
    random
      .whole(0, 2 ** 32 - 1)
      .toString(16)
      .padStart(8, '0'),
  )
    .join('')
    .toUpperCase();

/** Messages that the speed of a play is measured by. */
const MEASURED = 3000;

/**
 * By what the play's time is to be multiplied so that it has so many messages a second on average: as many at
 * once as there are in life, and rests in between.
 */
export function stretchFor(cast: readonly Account[], seed: number, perSecond: number): number {
  let messages = 0;
  for (const happening of conversations(cast, seed)) {
    if (isMessage(happening)) messages += 1;
    if (messages === MEASURED) return (messages / perSecond) * (SECOND / happening.at);
  }
  throw new Error('A play has no end');
}
