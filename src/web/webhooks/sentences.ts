import { activitySentence, type Showing } from '../../core/activity-sentence.ts';
import { errorSentence } from '../../core/error-sentence.ts';
import { settingsInWords } from '../../core/setting-names.ts';
import type { StoredError } from '../../store/facts.ts';
import type { Activity } from '../../store/rows.ts';
import { formatTime } from '../time.tsx';
import { useView } from '../view.tsx';

// What the core tells of what happened, in the reader's language and time zone.

export function useActivityText(): (activity: Activity) => string {
  const { language, zone } = useView();
  const showing: Showing = {
    time: (ms) => formatTime(ms, 'minute', language, zone),
    settings: (settings) => settingsInWords(settings, language),
  };
  return ({ facts }) => activitySentence(facts, language, showing);
}

/** Says why a delivery failed. */
export function useErrorText(): (error: StoredError) => string {
  const { language } = useView();
  return (error) => errorSentence(error, language);
}
