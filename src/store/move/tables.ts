import type { Tables } from '../schema.ts';

export type TableName = keyof Tables;

interface TableToMove {
  /** Its primary key: rows are moved in its order. */
  key: readonly [string, ...string[]];
  /** Whether its ids are given by the database. */
  numbered: boolean;
  /** What tells its rows apart where that is a text from outside, which comes last. */
  unique?: readonly string[];
}

/** Every table there is, small ones and those that others speak of first. */
export const TABLES: Readonly<Record<TableName, TableToMove>> = {
  workspace: { key: ['id'], numbered: true },
  session: { key: ['hash'], numbered: false },
  api_key: { key: ['hash'], numbered: false },
  account: { key: ['id'], numbered: true },
  source: { key: ['id'], numbered: false },
  webhook: { key: ['id'], numbered: true },
  action: { key: ['id'], numbered: true },
  email: { key: ['id'], numbered: true },
  parked: { key: ['id'], numbered: true },
  activity: { key: ['webhook_id', 'slot'], numbered: false },
  daily_counter: { key: ['webhook_id', 'day'], numbered: false },
  chat: { key: ['id'], numbered: true, unique: ['account_id', 'source_id'] },
  person: { key: ['id'], numbered: true },
  alias: { key: ['account_id', 'alias'], numbered: false, unique: ['account_id', 'alias'] },
  lane: { key: ['webhook_id', 'chat_id'], numbered: false },
  request_log: { key: ['webhook_id', 'slot'], numbered: false },
  seen: {
    key: ['account_id', 'direction', 'native_id'],
    numbered: false,
    unique: ['account_id', 'direction', 'native_id'],
  },
  message: { key: ['id'], numbered: true },
};

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];
