import { Accounts } from '../everyday/accounts.ts';
import { Actions } from '../everyday/actions.ts';
import { Outbox } from '../everyday/outbox.ts';
import { ParkedDeliveries } from '../everyday/parked.ts';
import { SignIns } from '../everyday/sign-ins.ts';
import { Sources } from '../everyday/sources.ts';
import type { SecretBox } from '../secret-box.ts';
import type { Repositories } from '../store.ts';
import { PostgresChats } from './chats.ts';
import { PostgresCounters } from './counters.ts';
import { PostgresHistory } from './history.ts';
import { kyselyOver } from './kysely.ts';
import { PostgresLanes } from './lanes.ts';
import { PostgresMessages } from './messages.ts';
import { PostgresPeople } from './people.ts';
import type { Queries } from './queries.ts';
import { PostgresWebhooks } from './webhooks.ts';
import { PostgresWorkspaces } from './workspaces.ts';

/**
 * Everything over one connection or pool.
 * @param locks whether rows that are read in order to be changed are held until the transaction ends
 */
export function repositories(queries: Queries, box: SecretBox, locks: boolean): Repositories {
  const db = kyselyOver(queries);
  return {
    workspaces: new PostgresWorkspaces(db, queries),
    signIns: new SignIns(db),
    sources: new Sources(db, box, locks),
    accounts: new Accounts(db),
    chats: new PostgresChats(db, queries),
    webhooks: new PostgresWebhooks(db, box, queries, locks),
    people: new PostgresPeople(queries),
    messages: new PostgresMessages(queries),
    lanes: new PostgresLanes(queries),
    actions: new Actions(db),
    parked: new ParkedDeliveries(db),
    history: new PostgresHistory(queries),
    outbox: new Outbox(db),
    counters: new PostgresCounters(db, queries),
  };
}
