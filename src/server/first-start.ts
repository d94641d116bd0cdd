import { addKey, makeKey } from '../core/api-keys.ts';
import { makeFirstLink, makeLink } from '../core/sign-in.ts';
import type { Store } from '../store/store.ts';
import type { Config } from './config.ts';

/**
 * Creates the workspace and its first API key where there is none yet.
 * @returns the key that was made up, to be shown once; null where nothing was created or the key was given
 */
export async function createFirstWorkspace(
  store: Store,
  config: Pick<Config, 'apiKey' | 'ownerName' | 'ownerEmail'>,
  now: number,
): Promise<{ created: boolean; newKey: string | null }> {
  const [existing] = await store.read.workspaces.ids();
  if (existing !== undefined) return { created: false, newKey: null };
  const workspace = await store.transaction(async (tx) => {
    // Another process of the same store may be starting for the first time, too.
    if ((await tx.workspaces.ids()).length > 0) return null;
    return tx.workspaces.create({
      name: 'My workspace',
      ownerName: config.ownerName,
      ownerEmail: config.ownerEmail,
    });
  });
  if (!workspace) return { created: false, newKey: null };
  const newKey = config.apiKey === null ? makeKey() : null;
  await addKey(store, workspace.id, config.apiKey ?? (newKey as string), now);
  return { created: true, newKey };
}

/** What the first start prints besides where the server listens. */
export function welcome(url: string, newKey: string | null): string {
  // The shell says so itself where the variable is not set, as when the key came from the .env file.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is for the shell.
  const key = newKey ?? '${PAKIET_API_KEY:?set it to your API key first}';
  const shown = newKey
    ? `Your API key, shown only this once:\n\n  ${newKey}\n`
    : 'Your API key is the one you gave as PAKIET_API_KEY. In another shell, set it there first: PAKIET_API_KEY=…\n';
  return `${shown}
Send a first message (it goes to the webhooks that there are by then, so make one first to see it arrive):

  curl ${url}/api/v1/messages -H "Authorization: Bearer ${key}" -H 'Content-Type: application/json' -d '{"whatsapp_account":{"phone":"+972550000000"},"chat":{"id":"972540000000@c.us","full_name":"John Doe","phone":"+972540000000"},"message":{"message_id":"first","direction":"received","timestamp":"2021-02-24T16:25:29Z","text":"Hi! How are you?"}}'
`;
}

/**
 * Where the owner of the first workspace chooses a password; "" where they have one already. Of several
 * processes that start on one database, only one prints a link: another would end the one printed before.
 * @param url where people reach the pages
 */
export async function invitation(
  store: Store,
  { databaseUrl }: Pick<Config, 'databaseUrl'>,
  url: string,
  now: number,
): Promise<string> {
  const [id, another] = await store.read.workspaces.ids();
  if (id === undefined || (await store.read.signIns.password(id))) return '';
  const make = databaseUrl === null ? makeLink : makeFirstLink;
  const link = await make(store, id, now);
  const which = another === undefined ? '' : ` --workspace ${id}`;
  return link === null
    ? `Open the settings page with the link printed before; \`npm run pakiet -- password reset${which}\` makes another.\n\n`
    : `Open the settings page with this link, which holds once and for a day:\n\n  ${linkTo(url, link)}\n\n`;
}

/** The address of a one-time link. */
export const linkTo = (url: string, link: string): string => `${url}/welcome/${link}`;
