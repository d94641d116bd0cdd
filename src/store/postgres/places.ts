import { type ChatRow, furtherId, type Name, numberOf } from '../identity.ts';
import type { Queries } from './queries.ts';

/** What one item tells of an account and a chat, and so what must be known to place it. */
export interface Told {
  workspaceId: number;
  /** Phone number of the account. */
  account: string;
  /** Whether the account is to be there from then on. */
  begins: boolean;
  chat: { id?: string | undefined; chat_id?: string | undefined } | null;
  aliases: readonly Name[];
  /** Phone number of the person, or "". */
  phone: string;
}

/** The same with the number of its account. */
type OfAccount = Told & { accountId: number };

/** The same with the place of its chat, where there is one. */
export type Placed = OfAccount & { place: Place | undefined };

type Place = Pick<ChatRow, 'id' | 'account_id' | 'source_id' | 'phone' | 'redirect_to'>;

/** Finds the chats, without locking them yet: it may turn out that others come before them. */
export async function findPlaces(db: Queries, wanted: readonly OfAccount[]): Promise<Placed[]> {
  const places = [...(await placesBySource(db, wanted)), ...(await placesByNumber(db, wanted))];
  const placeBy = new Map<string, Place>();
  for (const place of places) {
    placeBy.set(`${place.account_id} source ${place.source_id}`, place);
    placeBy.set(`${place.account_id} number ${place.id}`, place);
  }
  return wanted.map((one) => {
    const { id, chat_id: number } = one.chat ?? {};
    const name = number ? `number ${numberOf(number)}` : `source ${id ?? ''}`;
    return { ...one, place: one.chat ? placeBy.get(`${one.accountId} ${name}`) : undefined };
  });
}

const PLACE = 'chat.id, chat.account_id, chat.source_id, chat.phone, chat.redirect_to';

async function placesBySource(db: Queries, wanted: readonly OfAccount[]): Promise<Place[]> {
  const named = wanted.filter(({ chat }) => chat && !chat.chat_id);
  if (named.length === 0) return [];
  return db.rows<Place>(
    `SELECT ${PLACE} FROM unnest($1::bigint[], $2::text[]) AS wanted (account_id, source_id)
       JOIN chat USING (account_id, source_id)`,
    [named.map(({ accountId }) => accountId), named.map(({ chat }) => chat?.id ?? '')],
  );
}

async function placesByNumber(db: Queries, wanted: readonly OfAccount[]): Promise<Place[]> {
  const numbered = wanted.filter(({ chat }) => numberOf(chat?.chat_id ?? '') !== null);
  if (numbered.length === 0) return [];
  return db.rows<Place>(
    `SELECT ${PLACE} FROM unnest($1::bigint[], $2::bigint[]) AS wanted (account_id, id)
       JOIN chat ON chat.id = wanted.id AND chat.account_id + 0 = wanted.account_id`,
    [
      numbered.map(({ accountId }) => accountId),
      numbered.map(({ chat }) => numberOf(chat?.chat_id ?? '')),
    ],
  );
}

/** What identity may ask the person's names for: see namesOf in ../identity.ts. */
export function namesOf(one: Placed): Name[] {
  const { place, chat } = one;
  const further = place || chat?.id === undefined ? [] : [furtherId(chat.id)];
  return [...toldNames(one), ...further];
}

/** A chat that has a phone number is not asked by another. */
export const toldNames = ({ aliases, phone, place }: Placed): Name[] =>
  phone === '' || place?.phone ? [...aliases] : [...aliases, `phone:${phone}`];
