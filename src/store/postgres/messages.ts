import type { Messages } from '../store.ts';
import type { Queries } from './queries.ts';

// A stub, to be replaced.
export const PostgresMessages = class {} as unknown as new (db: Queries) => Messages;
