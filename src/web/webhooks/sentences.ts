import { activitySentence } from '../../core/activity-sentence.ts';
import { errorSentence } from '../../core/error-sentence.ts';
import type { StoredError } from '../../store/facts.ts';
import type { Activity } from '../../store/rows.ts';
import { formatTime } from '../time.tsx';
import { useView } from '../view.tsx';

// What the core tells of what happened, in the reader's language and time zone.

export function useActivityText(): (activity: Activity) => string {
  const { language, zone } = useView();
  const time = (ms: number) => formatTime(ms, 'minute', language, zone);
  return ({ facts }) => activitySentence(facts, language, time);
}

/** Says why a delivery failed. */
export function useErrorText(): (error: StoredError) => string {
  const { language } = useView();
  return (error) => errorSentence(error, language);
}
