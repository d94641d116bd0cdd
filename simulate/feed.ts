import type { Random } from '../test/crash/random.ts';
import type { Account } from './cast.ts';
import { addressBooks, cloudHeaders, cloudRequest, type Dated } from './cloud-requests.ts';
import { isMessage } from './conversations.ts';
import { wahaEvent, wahaHeaders } from './waha-events.ts';

// What each kind of source makes of what happens: which requests, in which order, which of them twice.

export interface Request {
  body: string;
  headers: Record<string, string>;
  /** Messages that are new in it. */
  messages: number;
  /** Messages in it that another request has as well. */
  duplicates: number;
}

/** Requests that go out at once; those of the same lane that come after them wait for their answers. */
export interface Together {
  /** Each gateway session is a lane of its own. */
  lane: number;
  requests: Request[];
}

export interface Feed {
  /** What goes ahead of everything. */
  opening(cast: readonly Account[]): Together[];
  /** @param updates what happened since the last call, in order */
  requests(updates: readonly Dated[]): Together[];
  /** What was held back and is still to go. */
  closing(): Together[];
}

const TWICE = 0.1;
const LATE = 0.05;
/** What Meta puts into one request. */
const MOST_UPDATES = 1000;

/** Each event on its own; some as two copies at once, as for a webhook that asked for both events. */
export function wahaFeed(random: Random, key: string): Feed {
  const request = (event: object, messages: number, duplicates: number): Request => {
    const body = JSON.stringify(event);
    return { body, headers: wahaHeaders(body, key), messages, duplicates };
  };
  return {
    opening: () => [],
    requests: (updates) =>
      updates.map(({ happening, at }) => {
        const lane = happening.account.index;
        const messages = isMessage(happening) ? 1 : 0;
        const one = request(wahaEvent(happening, at), messages, 0);
        const isTwice = messages && happening.direction === 'received' && random.chance(TWICE);
        if (!isTwice) return { lane, requests: [one] };
        const copy = request(wahaEvent(happening, at, 'message'), 0, 1);
        return { lane, requests: [one, copy] };
      }),
    closing: () => [],
  };
}

/** All updates in one request; some requests are held back behind the next one, some repeated. */
export function cloudFeed(random: Random, appSecret: string): Feed {
  let late: Request | null = null;
  const alone = (one: Request): Together => ({ lane: 0, requests: [one] });
  const request = (payload: object, messages: number): Request => {
    const body = JSON.stringify(payload);
    return { body, headers: cloudHeaders(body, appSecret), messages, duplicates: 0 };
  };
  return {
    opening: (cast) => [alone(request(addressBooks(cast), 0))],
    requests: (updates) => {
      const made: Together[] = [];
      for (let from = 0; from < updates.length; from += MOST_UPDATES) {
        const some = updates.slice(from, from + MOST_UPDATES);
        const messages = some.filter(({ happening }) => isMessage(happening)).length;
        const one = request(cloudRequest(some), messages);
        if (!late && random.chance(LATE)) {
          late = one;
          continue;
        }
        made.push(alone(one));
        if (late) made.push(alone(late));
        late = null;
        if (random.chance(TWICE)) made.push(alone({ ...one, messages: 0, duplicates: messages }));
      }
      return made;
    },
    closing: () => (late ? [alone(late)] : []),
  };
}
