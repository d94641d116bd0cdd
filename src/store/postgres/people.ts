import { Identity } from '../identity.ts';
import type { Joined, News, People } from '../store.ts';
import { loadIdentity } from './load-identity.ts';
import type { LoadedIdentity } from './loaded-identity.ts';
import type { Told } from './places.ts';
import type { Queries } from './queries.ts';
import { saveIdentity } from './save-identity.ts';

/** What sources tell of people and accounts. */
export class PostgresPeople implements People {
  readonly #db: Queries;

  constructor(db: Queries) {
    this.#db = db;
  }

  async learn(news: readonly News[]): Promise<Joined[]> {
    if (news.length === 0) return [];
    const loaded = await loadIdentity(this.#db, news.map(toldBy));
    const identity = new Identity(loaded);
    const joined = news.flatMap((one) => learnOne(loaded, identity, one) ?? []);
    await saveIdentity(this.#db, loaded.changes());
    await this.#saveSources(loaded, news);
    return joined;
  }

  /** What is told of who connected an account; the last word counts. */
  async #saveSources(loaded: LoadedIdentity, news: readonly News[]): Promise<void> {
    const told = new Map<
      number,
      { id: number; name: string | undefined; email: string | undefined }
    >();
    for (const { workspaceId, item } of news) {
      const account = loaded.account(workspaceId, item.account);
      if (item.kind !== 'account' || !account) continue;
      const before = told.get(account.id);
      const name = item.fullName ?? before?.name;
      told.set(account.id, { id: account.id, name, email: item.email ?? before?.email });
    }
    if (told.size === 0) return;
    await this.#db.write(
      `UPDATE account SET source_full_name = coalesce(told.name, source_full_name),
              source_email = coalesce(told.email, source_email)
         FROM json_to_recordset($1) AS told (id bigint, name text, email text)
        WHERE account.id = told.id`,
      [JSON.stringify([...told.values()])],
    );
  }
}

function toldBy({ workspaceId, item }: News): Told {
  const told = { workspaceId, account: item.account, begins: true };
  if (item.kind === 'account') return { ...told, chat: null, aliases: [], phone: '' };
  const { aliases } = item;
  if (item.kind === 'contact') return { ...told, chat: null, aliases, phone: '' };
  return { ...told, chat: { id: item.id }, aliases, phone: item.phone };
}

function learnOne(
  loaded: LoadedIdentity,
  identity: Identity,
  { workspaceId, item, at }: News,
): Joined | null {
  const account = loaded.account(workspaceId, item.account);
  if (!account) throw new Error('The account was not loaded');
  if (item.kind === 'account') return null;
  const { aliases } = item;
  if (item.kind === 'contact') {
    return aliases.length === 0 ? null : identity.introduce(account, aliases, item.fullName);
  }
  const { id, fullName: full_name, phone, isGroup: is_group } = item;
  const given = { id, full_name, phone, is_group, aliases, at, seeded: true };
  return identity.settle(account, identity.chat(account.id, { id }), given).joined;
}
