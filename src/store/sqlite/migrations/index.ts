import type { Migration } from 'kysely/migration';
import { theLog } from './0001-the-log.ts';
import { theZapsLife } from './0002-the-zaps-life.ts';
import { deliveryPolicy } from './0003-delivery-policy.ts';
import { theOutbox } from './0004-outbox.ts';
import { dailyCounters } from './0005-daily-counters.ts';
import { signIn } from './0006-sign-in.ts';
import { facts } from './0007-facts.ts';
import { identity } from './0008-identity.ts';
import { sources } from './0009-sources.ts';

/** Every version of the schema on SQLite, in order. A landed one is never changed. */
export const migrations: Record<string, Migration> = {
  '0001-the-log': theLog,
  '0002-the-zaps-life': theZapsLife,
  '0003-delivery-policy': deliveryPolicy,
  '0004-outbox': theOutbox,
  '0005-daily-counters': dailyCounters,
  '0006-sign-in': signIn,
  '0007-facts': facts,
  '0008-identity': identity,
  '0009-sources': sources,
};
