import { type Kysely, type Selectable, sql } from 'kysely';
import { folded } from '../folded.ts';
import type { Account, Chat } from '../rows.ts';
import type { Tables } from '../schema.ts';
import { toAccount } from './accounts.ts';

/** What people may set on a chat. */
export interface ChatEdit {
  fullName?: string | undefined;
  responsibleName?: string | undefined;
  responsibleEmail?: string | undefined;
}

/** Chats of accounts. Holding them is part of every settling, so each database has a statement of its own. */
export abstract class Chats {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** The chat of that number, be it a redirect: its `redirectTo` is then the one that goes on. */
  async get(workspaceId: number, id: number): Promise<{ chat: Chat; account: Account } | null> {
    const row = await this.#db
      .selectFrom('chat')
      .selectAll()
      .where('id', '=', id)
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirst();
    if (!row) return null;
    const account = await this.#db
      .selectFrom('account')
      .selectAll()
      .where('id', '=', row.account_id)
      .executeTakeFirstOrThrow();
    return { chat: toChat(row), account: toAccount(account) };
  }

  /**
   * Newest chats first, at most `limit`, with numbers below `before`; `search` looks in names and phones.
   * Redirects are left out.
   */
  async list(
    workspaceId: number,
    { search, before, limit }: { search?: string; before?: number; limit: number },
  ): Promise<ListedChat[]> {
    let query = this.#listed(workspaceId, search).orderBy('chat.id', 'desc').limit(limit);
    if (before !== undefined) query = query.where('chat.id', '<', before);
    return (await query.execute()).map(toListed);
  }

  /**
   * Those with the latest messages first, at most `limit`, behind the place `before`: the `lastMessageAt`
   * and the id of the last chat of the page before. Redirects are left out.
   */
  async recent(
    workspaceId: number,
    {
      search,
      before,
      limit,
    }: { search?: string; before?: { at: number; id: number }; limit: number },
  ): Promise<ListedChat[]> {
    let query = this.#listed(workspaceId, search)
      .orderBy('chat.last_message_at', 'desc')
      .orderBy('chat.id', 'desc')
      .limit(limit);
    if (before) {
      query = query.where(
        sql<boolean>`(chat.last_message_at, chat.id) < (${before.at}, ${before.id})`,
      );
    }
    return (await query.execute()).map(toListed);
  }

  #listed(workspaceId: number, search: string | undefined) {
    const query = this.#db
      .selectFrom('chat')
      .innerJoin('account', 'account.id', 'chat.account_id')
      .selectAll('chat')
      .select('account.phone as account_phone')
      .where('chat.workspace_id', '=', workspaceId)
      .where('chat.redirect_to', 'is', null);
    if (!search) return query;
    const pattern = like(folded(search));
    // Numbers are stored without the spaces and dashes that people write in them.
    const phone = like(search.replace(/[\s().-]/g, '') || search);
    return query.where(
      sql<boolean>`(folded(coalesce(chat.given_name, chat.source_name)) LIKE ${pattern} ESCAPE '\\' OR chat.phone LIKE ${phone} ESCAPE '\\')`,
    );
  }

  /** The numbers of all chats that are one with this one, redirects included; none where it is unknown. */
  async together(workspaceId: number, id: number): Promise<number[]> {
    const found = await this.get(workspaceId, id);
    if (!found) return [];
    const survivor = found.chat.redirectTo ?? id;
    const redirects = await this.#db
      .selectFrom('chat')
      .select('id')
      .where('redirect_to', '=', survivor)
      .orderBy('id')
      .execute();
    return [survivor, ...redirects.map((row) => row.id)];
  }

  /** In order of their numbers, those behind `position`, at most `limit`, each with its account. */
  async after(
    workspaceId: number,
    position: number,
    limit: number,
  ): Promise<{ chat: Chat; account: Account }[]> {
    const chats = await this.#db
      .selectFrom('chat')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('id', '>', position)
      .orderBy('id')
      .limit(limit)
      .execute();
    const accounts = await this.#db
      .selectFrom('account')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .execute();
    const byId = new Map(accounts.map((row) => [row.id, toAccount(row)]));
    return chats.map((row) => ({
      chat: toChat(row),
      account: byId.get(row.account_id) as Account,
    }));
  }

  /**
   * Holds these chats until the transaction ends: nothing is appended to them, and they become no others'
   * redirects. Others may hold them as well. Answers which of them there are, those detached left out.
   */
  abstract hold(ids: readonly number[]): Promise<Map<number, Held>>;

  /**
   * The chat is nobody's from now on and waits to be removed: neither its workspace nor intake finds it, by
   * whichever id or alias, and a message of its source begins another chat.
   */
  async detach(id: number): Promise<void> {
    const person = this.#db.selectFrom('person').select('id').where('chat_id', '=', id);
    await this.#db.deleteFrom('alias').where('person_id', 'in', person).execute();
    await this.#db.deleteFrom('person').where('chat_id', '=', id).execute();
    await this.#db
      .updateTable('chat')
      .set((eb) => ({
        workspace_id: eb.neg(eb.ref('workspace_id')),
        account_id: eb.neg(eb.ref('account_id')),
        source_id: `removed ${id}`,
        source_name: '',
        given_name: null,
        phone: '',
        redirect_to: null,
      }))
      .where('id', '=', id)
      .where('workspace_id', '>', 0)
      .execute();
  }

  /** Those that wait to be removed. */
  async detached(): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('chat')
      .select('id')
      .where('workspace_id', '<', 0)
      .execute();
    return rows.map(({ id }) => id);
  }

  async remove(id: number): Promise<void> {
    await this.#db.deleteFrom('chat').where('id', '=', id).execute();
  }

  /** Changes what is given, on all chats that are one with this one. */
  async edit(workspaceId: number, id: number, edit: ChatEdit): Promise<void> {
    const together = await this.together(workspaceId, id);
    if (together.length === 0) return;
    await this.#db
      .updateTable('chat')
      .set({
        // An empty name gives the chat back the name it has at its source.
        ...(edit.fullName !== undefined && { given_name: edit.fullName || null }),
        ...(edit.responsibleName !== undefined && { responsible_name: edit.responsibleName }),
        ...(edit.responsibleEmail !== undefined && { responsible_email: edit.responsibleEmail }),
        workspace_id: workspaceId,
      })
      .where('id', 'in', together)
      .execute();
  }
}

/** A chat that is held. */
export interface Held {
  /** It is a redirect, or has some: its lanes and theirs wait for each other. */
  isJoined: boolean;
}

/** A chat as lists have it. */
export type ListedChat = Chat & { accountPhone: string };

const toListed = (row: Selectable<Tables['chat']> & { account_phone: string }): ListedChat => ({
  ...toChat(row),
  accountPhone: row.account_phone,
});

const like = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

export const toChat = (row: Selectable<Tables['chat']>): Chat => ({
  id: row.id,
  workspaceId: row.workspace_id,
  accountId: row.account_id,
  sourceId: row.source_id,
  fullName: row.given_name ?? row.source_name,
  givenName: row.given_name,
  phone: row.phone,
  isGroup: row.is_group === 1,
  responsibleName: row.responsible_name,
  responsibleEmail: row.responsible_email,
  createdAt: row.created_at,
  lastSeq: row.last_seq,
  firstReceivedSeq: row.first_received_seq,
  firstSentSeq: row.first_sent_seq,
  lastMessageAt: row.last_message_at,
  seeded: row.seeded === 1,
  redirectTo: row.redirect_to,
});
