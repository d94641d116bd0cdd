import { activitySentence } from '../../src/core/activity-sentence.ts';
import type { Store } from '../../src/store/store.ts';

/** What a webhook's activity log says in English, the newest first. */
export const activityLog = async (store: Store, webhookId: number): Promise<string[]> =>
  (await store.read.history.activities(webhookId)).map(({ facts }) =>
    activitySentence(facts, 'en'),
  );
