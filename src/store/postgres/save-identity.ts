import type { ChatRow, Person } from '../identity.ts';
import type { Queries } from './queries.ts';

export type PersonRow = Person & { account_id: number };

export interface NewName {
  account_id: number;
  alias: string;
  person_id: number;
}

/** What has changed of who is who: rows as they are to be from then on. */
export interface IdentityChanges {
  newChats: readonly ChatRow[];
  /** They, and what was redirected to them, lead elsewhere. */
  redirected: readonly ChatRow[];
  /** Their names, or who is responsible, are others. */
  named: readonly ChatRow[];
  /** Their logs went on. */
  heard: readonly ChatRow[];
  people: readonly PersonRow[];
  /** Persons that are gone, and who has their names. */
  merged: readonly { id: number; into: number }[];
  newNames: readonly NewName[];
}

/** Saves it, a statement for each kind of change. */
export async function saveIdentity(db: Queries, changes: IdentityChanges): Promise<void> {
  const { newChats, redirected, named, heard, people, merged, newNames } = changes;
  const write = async (rows: readonly object[], text: string) => {
    if (rows.length > 0) await db.write(text, [JSON.stringify(rows)]);
  };
  await write(newChats, NEW_CHATS);
  for (const those of [ITSELF, ITS_REDIRECTS]) {
    await write(redirected, `${REDIRECTED} WHERE ${those}`);
    await write(named, `${NAMED} WHERE ${those}`);
  }
  await write(heard, HEARD);
  await write(merged, MOVED_NAMES);
  await write(merged, MERGED);
  await write(people, PEOPLE);
  await write(newNames, NEW_NAMES);
}

// One after the other: either has an index, and the two together have none that a kept plan goes by.
const ITSELF = 'chat.id = new.id';
const ITS_REDIRECTS = 'chat.redirect_to = new.id';

const HEARD_COLUMNS = `last_seq bigint, last_message_at bigint, first_received_seq bigint,
  first_sent_seq bigint`;
const NAME_COLUMNS = `source_name text, given_name text, phone text, responsible_name text,
  responsible_email text`;

const NEW_CHATS = `
  INSERT INTO chat (id, workspace_id, account_id, source_id, source_name, given_name, phone, is_group,
    responsible_name, responsible_email, created_at, last_seq, first_received_seq, first_sent_seq,
    redirect_to, seeded, last_message_at)
  SELECT id, workspace_id, account_id, source_id, source_name, given_name, phone, is_group,
    responsible_name, responsible_email, created_at, last_seq, first_received_seq, first_sent_seq,
    redirect_to, seeded, last_message_at
    FROM json_to_recordset($1) AS new (id bigint, workspace_id bigint, account_id bigint,
      source_id text, ${NAME_COLUMNS}, is_group smallint, created_at bigint, ${HEARD_COLUMNS},
      redirect_to bigint, seeded smallint)`;

const REDIRECTED = `
  UPDATE chat SET redirect_to = new.redirect_to
    FROM json_to_recordset($1) AS new (id bigint, redirect_to bigint)`;

const NAMED = `
  UPDATE chat SET source_name = new.source_name, given_name = new.given_name, phone = new.phone,
         responsible_name = new.responsible_name, responsible_email = new.responsible_email
    FROM json_to_recordset($1) AS new (id bigint, ${NAME_COLUMNS})`;

const HEARD = `
  UPDATE chat SET last_seq = new.last_seq, last_message_at = new.last_message_at,
         first_received_seq = new.first_received_seq, first_sent_seq = new.first_sent_seq
    FROM json_to_recordset($1) AS new (id bigint, ${HEARD_COLUMNS})
   WHERE chat.id = new.id`;

const MOVED_NAMES = `
  UPDATE alias SET person_id = merged."into"
    FROM json_to_recordset($1) AS merged (id bigint, "into" bigint)
   WHERE alias.person_id = merged.id`;

const MERGED = `
  DELETE FROM person USING json_to_recordset($1) AS merged (id bigint) WHERE person.id = merged.id`;

const PEOPLE = `
  INSERT INTO person (id, account_id, chat_id, name)
  SELECT id, account_id, chat_id, name
    FROM json_to_recordset($1) AS new (id bigint, account_id bigint, chat_id bigint, name text)
  ON CONFLICT (id) DO UPDATE SET chat_id = excluded.chat_id, name = excluded.name`;

const NEW_NAMES = `
  INSERT INTO alias (account_id, alias, person_id)
  SELECT account_id, alias, person_id
    FROM json_to_recordset($1) AS new (account_id bigint, alias text, person_id bigint)`;
