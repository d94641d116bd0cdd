import {
  APP_NAME,
  authFields,
  choicesOf,
  inputFields,
  isTitleCase,
  outputFields,
  proseOf,
  type Rule,
  triggersOf,
  visibleTriggers,
} from './integration.ts';

const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const TYPOGRAPHIC = /[‘’“”–—…·•×→]/g;

export const namingRules: Record<string, Rule> = {
  D018: (app) => [
    ...visibleTriggers(app)
      .filter(({ display }) => !isTitleCase(display.label))
      .map(({ key, display }) => `${key}: the label “${display.label}” must be in title case`),
    ...[...authFields(app), ...inputFields(app), ...outputFields(app)]
      .filter(({ type, label }) => type !== 'copy' && !isTitleCase(label))
      .map(({ at, label }) => `${at}: the label “${label ?? ''}” must be in title case`),
  ],

  D021: (app) =>
    visibleTriggers(app)
      .filter(({ display }) => !/^Triggers when [^.!?\n]+\.$/.test(display.description))
      .map(({ key }) => `${key}: the description must be one sentence, “Triggers when … .”`),

  noun: (app) =>
    triggersOf(app)
      .filter(({ noun }) => !isTitleCase(noun) || /[^siu]s$/.test(noun))
      .map(({ key, noun }) => `${key}: the noun “${noun}” must be singular and in title case`),

  key: (app) => [
    ...Object.entries(app.triggers)
      .filter(([name, { key }]) => key !== name || !SNAKE_CASE.test(key))
      .map(([name]) => `${name}: the key must be in snake_case and that of its entry`),
    ...inputFields(app)
      .filter(({ key }) => !SNAKE_CASE.test(key))
      .map(({ at }) => `${at}: the key must be in snake_case`),
  ],

  'own-name': (app) =>
    triggersOf(app)
      .filter(({ noun, display }) =>
        [noun, display.label, display.description].some((text) => APP_NAME.test(text)),
      )
      .map(({ key }) => `${key}: Zapier shows the app's name beside the trigger, so leave it out`),

  'twin-label': (app) => {
    const labels = visibleTriggers(app).map(({ display }) => display.label);
    return labels
      .filter((label, at) => labels.indexOf(label) !== at)
      .map((label) => `“${label}” is the label of two triggers`);
  },

  english: (app) => {
    const texts = [
      ...triggersOf(app).flatMap(({ key, noun, display }) =>
        [noun, display.label, display.description].map((text) => ({ at: key, text })),
      ),
      ...[...authFields(app), ...inputFields(app), ...outputFields(app)].flatMap((field) =>
        [field.label, field.helpText, field.placeholder, ...labelsOfChoices(field)].map((text) => ({
          at: field.at,
          text,
        })),
      ),
    ];
    return texts
      .filter(({ text = '' }) => /[^\x20-\x7e\n]/.test(text.replace(TYPOGRAPHIC, '')))
      .map(({ at, text }) => `${at}: “${text}” is not plain English`);
  },

  'plain-words': (app) =>
    proseOf(app).flatMap(({ at, text }) => {
      const word = JARGON.exec(text.replace(/`[^`]*`/g, ''))?.[0];
      return word === undefined ? [] : [`${at}: “${word}” says nothing to people without code`];
    }),
};

const JARGON =
  /\b(webhooks?|payloads?|json|endpoints?|callbacks?|booleans?|integers?|arrays?|strings?|null|undefined|uuids?|regex|schema|param(eter)?s?|cursor|granularity)\b/i;

const labelsOfChoices = (field: Parameters<typeof choicesOf>[0]) =>
  (choicesOf(field) ?? []).map(({ label }) => label);
