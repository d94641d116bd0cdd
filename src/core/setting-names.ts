import type { SettingName } from '../store/facts.ts';
import type { InEach, Language } from './language.ts';

/** As what was changed. */
const NAMES: InEach<Record<SettingName, string>> = {
  en: {
    target_url: 'the URL',
    granularity_hours: 'the granularity',
    filters: 'the filters',
    name: 'the name',
    concurrency: 'the number of simultaneous requests',
    rate_per_second: 'the number of requests a second',
  },
  pl: {
    target_url: 'adres URL',
    granularity_hours: 'granularność',
    filters: 'filtry',
    name: 'nazwę',
    concurrency: 'liczbę jednoczesnych żądań',
    rate_per_second: 'liczbę żądań na sekundę',
  },
};

/** Settings that were changed, as people call them: "the granularity, the filters and the name". */
export const settingsInWords = (settings: readonly SettingName[], language: Language): string =>
  new Intl.ListFormat(language === 'en' ? 'en-GB' : language).format(
    settings.map((setting) => NAMES[language][setting]),
  );
