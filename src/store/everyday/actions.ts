import type { Kysely } from 'kysely';
import type { LaneAction } from '../rows.ts';
import type { Tables } from '../schema.ts';

interface PendingAction {
  id: number;
  action: LaneAction;
  position: number;
}

/** What was asked of webhooks' lanes and is not done yet, in the order in which it was asked. */
export class Actions {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async add(webhookId: number, { kind, ...params }: LaneAction): Promise<void> {
    await this.#db
      .insertInto('action')
      .values({ webhook_id: webhookId, kind, params: JSON.stringify(params) })
      .execute();
  }

  /** The oldest first, each with the last chat that is done. */
  async pending(webhookId: number): Promise<PendingAction[]> {
    const rows = await this.#db
      .selectFrom('action')
      .selectAll()
      .where('webhook_id', '=', webhookId)
      .orderBy('id')
      .execute();
    return rows.map(({ id, kind, params, position }) => ({
      id,
      action: { kind, ...JSON.parse(params) } as LaneAction,
      position,
    }));
  }

  async advance(id: number, position: number): Promise<void> {
    await this.#db.updateTable('action').set({ position }).where('id', '=', id).execute();
  }

  async done(id: number): Promise<void> {
    await this.#db.deleteFrom('action').where('id', '=', id).execute();
  }

  /** Webhooks that have something to be done. */
  async webhookIds(): Promise<number[]> {
    const rows = await this.#db.selectFrom('action').select('webhook_id').distinct().execute();
    return rows.map(({ webhook_id }) => webhook_id);
  }
}
