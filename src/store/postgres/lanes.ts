import type { Lanes } from '../store.ts';
import type { Queries } from './queries.ts';

// A stub, to be replaced.
export const PostgresLanes = class {} as unknown as new (db: Queries) => Lanes;
