import { toAccount } from '../everyday/accounts.ts';
import { type ChatRow, furtherId, numberOf } from '../identity.ts';
import { LoadedIdentity } from './loaded-identity.ts';
import { findPlaces, namesOf, type Placed, type Told, toldNames } from './places.ts';
import type { Queries } from './queries.ts';
import type { PersonRow } from './save-identity.ts';

type AccountRow = Parameters<typeof toAccount>[0];

/**
 * Reads all that identity needs to place a group of items, in a few queries. The accounts are locked until
 * the transaction ends, and everything read belongs to one of them: nobody else can change it meanwhile.
 */
export async function loadIdentity(db: Queries, told: readonly Told[]): Promise<LoadedIdentity> {
  const loaded = new LoadedIdentity();
  await loadAccounts(db, loaded, told);
  await loadChats(db, loaded, told);
  return loaded;
}

async function loadAccounts(
  db: Queries,
  loaded: LoadedIdentity,
  told: readonly Told[],
): Promise<void> {
  const wanted = new Map(told.map((one) => [`${one.workspaceId} ${one.account}`, one]));
  for (const one of told) if (one.begins) wanted.set(`${one.workspaceId} ${one.account}`, one);
  await readAccounts(db, loaded, [...wanted.values()]);
  const missing = [...wanted.values()].filter(
    ({ begins, workspaceId, account }) => begins && !loaded.account(workspaceId, account),
  );
  if (missing.length === 0) return;
  await db.write(
    `INSERT INTO account (workspace_id, phone)
       SELECT * FROM unnest($1::bigint[], $2::text[]) ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
    [missing.map((one) => one.workspaceId), missing.map((one) => one.account)],
  );
  await readAccounts(db, loaded, missing);
}

async function readAccounts(
  db: Queries,
  loaded: LoadedIdentity,
  wanted: readonly Told[],
): Promise<void> {
  const rows = await db.rows<AccountRow>(
    `SELECT account.* FROM unnest($1::bigint[], $2::text[]) AS wanted (workspace_id, phone)
       JOIN account USING (workspace_id, phone) ORDER BY account.id FOR NO KEY UPDATE OF account`,
    [wanted.map((one) => one.workspaceId), wanted.map((one) => one.account)],
  );
  for (const row of rows) loaded.putAccount(row.workspace_id, toAccount(row));
}

async function loadChats(
  db: Queries,
  loaded: LoadedIdentity,
  told: readonly Told[],
): Promise<void> {
  const wanted = await findPlaces(
    db,
    told.flatMap((one) => {
      const account = loaded.account(one.workspaceId, one.account);
      return account ? [{ ...one, accountId: account.id }] : [];
    }),
  );
  await readNames(db, loaded, wanted);
  const ids = new Set(
    wanted.flatMap(({ place }) => (place ? [place.id, place.redirect_to ?? place.id] : [])),
  );
  for (const id of loaded.chatIdsOfPeople) ids.add(id);
  await readChats(db, loaded, [...ids]);
  const begins = wanted.filter(({ accountId, chat }) => chat && !isKnown(loaded, accountId, chat));
  const news = wanted.filter((one) => tellsNews(loaded, one));
  if (news.length > 0) await readPeople(db, loaded, [...ids]);
  loaded.putSpare({
    chats: await numbersFrom(db, 'chat_id_seq', begins.length),
    people: await numbersFrom(db, 'person_id_seq', news.length),
  });
}

async function readNames(
  db: Queries,
  loaded: LoadedIdentity,
  wanted: readonly Placed[],
): Promise<void> {
  const names = wanted.flatMap((one) =>
    namesOf(one).map((name) => ({ accountId: one.accountId, name })),
  );
  if (names.length === 0) return;
  const rows = await db.rows<PersonRow & { alias: string }>(
    `SELECT alias.account_id, alias.alias, person.id, person.chat_id, person.name
       FROM unnest($1::bigint[], $2::text[]) AS wanted (account_id, alias)
       JOIN alias USING (account_id, alias) JOIN person ON person.id = alias.person_id`,
    [names.map(({ accountId }) => accountId), names.map(({ name }) => name)],
  );
  for (const { alias, ...person } of rows) loaded.putName(person.account_id, alias, person);
}

/** In one order, so that two that want the same do not wait for each other for ever. */
async function readChats(db: Queries, loaded: LoadedIdentity, ids: number[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await db.rows<ChatRow>(
    'SELECT * FROM chat WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE',
    [ids],
  );
  for (const row of rows) loaded.putChat(row);
}

async function readPeople(db: Queries, loaded: LoadedIdentity, chatIds: number[]): Promise<void> {
  const rows = await db.rows<PersonRow>(
    'SELECT id, account_id, chat_id, name FROM person WHERE chat_id = ANY($1::bigint[])',
    [chatIds],
  );
  for (const row of rows) loaded.putPerson(row);
}

async function numbersFrom(
  db: Queries,
  sequence: 'chat_id_seq' | 'person_id_seq',
  many: number,
): Promise<number[]> {
  if (many === 0) return [];
  const rows = await db.rows<{ id: number }>(
    `SELECT nextval('${sequence}') AS id FROM generate_series(1, $1)`,
    [many],
  );
  return rows.map(({ id }) => id);
}

function isKnown(
  loaded: LoadedIdentity,
  accountId: number,
  { id = '', chat_id }: NonNullable<Told['chat']>,
): boolean {
  if (chat_id) return true;
  const isOwn = loaded.chatBySourceId(accountId, id) !== undefined;
  return isOwn || loaded.personByName(accountId, furtherId(id)) !== undefined;
}

/** Whether someone may get a name, or another chat, by this. */
function tellsNews(loaded: LoadedIdentity, one: Placed): boolean {
  const { accountId, chat } = one;
  if (chat && !isKnown(loaded, accountId, chat)) return true;
  const people = toldNames(one).map((name) => loaded.personByName(accountId, name));
  return (
    new Set(people.map((person) => person?.id)).size > 1 ||
    people.includes(undefined) ||
    isElsewhere(loaded, accountId, chat, people[0])
  );
}

function isElsewhere(
  loaded: LoadedIdentity,
  accountId: number,
  chat: Told['chat'],
  person: PersonRow | undefined,
): boolean {
  if (!chat || !person) return false;
  const number = numberOf(chat.chat_id ?? '');
  const known =
    number === null
      ? loaded.chatBySourceId(accountId, chat.id ?? '')
      : loaded.chatByNumber(accountId, number);
  const id = known?.id ?? number;
  if (id === null) return false;
  return person.chat_id !== (known?.redirect_to ?? id);
}
