import type { Kysely } from 'kysely';
import type { Tables } from '../schema.ts';

/** A session as it is kept: only the hash of what the browser holds. */
export interface Session {
  hash: string;
  workspaceId: number;
  seenAt: number;
}

/** How the owners of workspaces get in: passwords, one-time links, sessions. */
export class SignIns {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** Hash of the owner's password; null until one has been chosen. */
  async password(workspaceId: number): Promise<string | null> {
    const row = await this.#db
      .selectFrom('workspace')
      .select('password')
      .where('id', '=', workspaceId)
      .executeTakeFirst();
    return row?.password ?? null;
  }

  /** A new password ends the one-time link and every session. */
  async setPassword(workspaceId: number, password: string): Promise<void> {
    await this.#db
      .updateTable('workspace')
      .set({ password, link: null, link_until: null })
      .where('id', '=', workspaceId)
      .execute();
    await this.#db.deleteFrom('session').where('workspace_id', '=', workspaceId).execute();
  }

  /** The one link that holds from now on. @param link its hash */
  async setLink(workspaceId: number, link: string, until: number): Promise<void> {
    await this.#db
      .updateTable('workspace')
      .set({ link, link_until: until })
      .where('id', '=', workspaceId)
      .execute();
  }

  /** Whether a one-time link of the workspace holds. */
  async hasLink(workspaceId: number, now: number): Promise<boolean> {
    const row = await this.#db
      .selectFrom('workspace')
      .select('id')
      .where('id', '=', workspaceId)
      .where('link_until', '>', now)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** The workspace that a one-time link opens; null where it opens none, or no more. */
  async workspaceOfLink(link: string, now: number): Promise<number | null> {
    const row = await this.#db
      .selectFrom('workspace')
      .select('id')
      .where('link', '=', link)
      .where('link_until', '>', now)
      .executeTakeFirst();
    return row?.id ?? null;
  }

  async addSession({ hash, workspaceId, seenAt }: Session): Promise<void> {
    await this.#db
      .insertInto('session')
      .values({ hash, workspace_id: workspaceId, seen_at: seenAt })
      .execute();
  }

  async session(hash: string): Promise<Session | null> {
    const row = await this.#db
      .selectFrom('session')
      .selectAll()
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row ? { hash, workspaceId: row.workspace_id, seenAt: row.seen_at } : null;
  }

  async sessionSeen(hash: string, seenAt: number): Promise<void> {
    await this.#db
      .updateTable('session')
      .set({ seen_at: seenAt })
      .where('hash', '=', hash)
      .execute();
  }

  async endSession(hash: string): Promise<void> {
    await this.#db.deleteFrom('session').where('hash', '=', hash).execute();
  }

  /** Ends those not used since then. */
  async endIdle(before: number): Promise<void> {
    await this.#db.deleteFrom('session').where('seen_at', '<', before).execute();
  }
}
