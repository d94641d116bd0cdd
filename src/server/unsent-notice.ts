import { countEn } from '../core/language.ts';
import { GIVEN_UP_AFTER_MS } from '../core/outbox.ts';
import type { Store } from '../store/store.ts';
import type { Config } from './config.ts';

/** What a start says of e-mail that is not sent, and how to have it sent; "" where all is well. */
export async function unsentNotice(
  store: Store,
  { smtp }: Pick<Config, 'smtp'>,
  now: number,
): Promise<string> {
  const { all, ownerless } = await store.read.outbox.open(now - GIVEN_UP_AFTER_MS);
  if (!smtp) {
    const many = all > 0 ? ` (${waitUnsent(all)})` : '';
    return `No e-mail is sent when errors switch a webhook off${many}: set SMTP_URL and PAKIET_MAIL_FROM.\n`;
  }
  const names: string[] = [];
  for (const id of await store.read.workspaces.ids()) {
    const workspace = await store.read.workspaces.get(id);
    if (workspace && !workspace.ownerEmail) names.push(`“${workspace.name}”`);
  }
  if (names.length === 0) return '';
  const many = ownerless > 0 ? ` (${waitUnsent(ownerless)})` : '';
  return `The owner of ${names.slice(0, 5).join(', ')} has no e-mail address to be told at when errors switch a webhook off${many}: set it with PATCH /api/v1/me.\n`;
}

const waitUnsent = (many: number) =>
  `${countEn(many, 'e-mail')} ${many === 1 ? 'waits' : 'wait'} unsent`;
