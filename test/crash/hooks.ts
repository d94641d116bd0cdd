import type { Hook } from './history.ts';

/** The webhooks of a run: by what they want, and by how their receivers are. */
export const HOOKS: readonly Hook[] = [
  { name: 'singles', granularityHours: 0, direction: null, receiver: 'well' },
  { name: 'hourly', granularityHours: 1, direction: null, receiver: 'well' },
  { name: 'six-hourly', granularityHours: 6, direction: null, receiver: 'well' },
  { name: 'received-hourly', granularityHours: 1, direction: 'received', receiver: 'well' },
  { name: 'shaky-singles', granularityHours: 0, direction: null, receiver: 'shaky' },
  { name: 'shaky-hourly', granularityHours: 1, direction: null, receiver: 'shaky' },
  { name: 'dead', granularityHours: 0, direction: 'sent', receiver: 'dead' },
];
