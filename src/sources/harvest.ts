import type { Alias, CanonicalItem } from '../wire/canonical.ts';
import { type InboundMessageInput, inboundMessageSchema } from '../wire/inbound.ts';
import { wellFormed } from '../wire/text.ts';
import type { Dropped, DropReason, Mapped } from './source.ts';

/** Names longer than this are cut: a message is not lost for one. */
const MAX_NAME = 1024;
const MAX_EMAIL = 320;

type Item<Kind extends CanonicalItem['kind']> = Extract<CanonicalItem, { kind: Kind }>;

/** Gathers what a request says, in order, and counts what is left out. */
export class Harvest implements Mapped {
  readonly items: CanonicalItem[] = [];
  readonly dropped: Dropped = {};

  drop(reason: DropReason, times = 1): void {
    if (times > 0) this.dropped[reason] = (this.dropped[reason] ?? 0) + times;
  }

  /** A message as its source gives it; dropped where the intake would not take it. */
  message(given: InboundMessageInput, aliases: readonly Alias[]): void {
    const parsed = inboundMessageSchema.safeParse(given);
    if (parsed.success) this.items.push({ kind: 'message', message: parsed.data, aliases });
    else this.drop('invalid');
  }

  /** Says nothing where nothing new would be said: one alias alone, without a name. */
  contact(account: string, aliases: readonly Alias[], fullName: string): void {
    if (aliases.length === 0 || (aliases.length === 1 && !fullName)) return;
    this.items.push({ kind: 'contact', account, aliases, ...(fullName && { fullName }) });
  }

  knownChat({ fullName, ...chat }: Omit<Item<'known_chat'>, 'kind'>): void {
    this.items.push({ kind: 'known_chat', ...chat, ...(fullName && { fullName }) });
  }

  account(account: string, fullName: string, email: string): void {
    if (!fullName && !email) return;
    this.items.push({
      kind: 'account',
      account,
      ...(fullName && { fullName }),
      ...(email && { email }),
    });
  }
}

/** A name fit to be stored: on one line, not too long, "" where there is none. */
export function nameFrom(...candidates: readonly unknown[]): string {
  for (const candidate of candidates) {
    if (typeof candidate !== 'string') continue;
    const name = wellFormed(candidate.slice(0, MAX_NAME)).trim();
    if (name) return name;
  }
  return '';
}

export function emailFrom(...candidates: readonly unknown[]): string {
  const fit = /^[^\s@]+@[^\s@]+$/;
  const email = candidates.find(
    (one) => typeof one === 'string' && one.length <= MAX_EMAIL && fit.test(one.trim()),
  );
  return email === undefined ? '' : wellFormed((email as string).trim());
}

/** Unix seconds (fractions, text, and milliseconds by mistake included) as ISO 8601; "" for what is no time. */
export function timeFrom(given: unknown): string {
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0) return '';
  const ms = Math.round(number < MILLISECONDS_FROM ? number * 1000 : number);
  return ms < YEAR_9999 ? new Date(ms).toISOString() : '';
}

/** As seconds it would be the year 5138, as milliseconds 1973. */
const MILLISECONDS_FROM = 100_000_000_000;
const YEAR_9999 = 253_402_300_800_000;
