import type { People } from '../store.ts';
import type { Queries } from './queries.ts';

// A stub, to be replaced.
export const PostgresPeople = class {} as unknown as new (db: Queries) => People;
