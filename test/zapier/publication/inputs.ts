import {
  CREDENTIAL,
  choicesOf,
  type Integration,
  inputFields,
  type Rule,
  type Trigger,
  triggersOf,
} from './integration.ts';

const singular = (key: string): string => key.replace(/_ids?$/, '').replace(/s$/, '');

const isListTrigger = ({ operation }: Trigger): boolean =>
  operation.type !== 'hook' && !operation.performSubscribe && !operation.performUnsubscribe;

/** Keys of the triggers that some field takes its choices from. */
const dropdownTriggers = (app: Integration): string[] =>
  inputFields(app).flatMap(({ dynamic }) => dynamic?.split('.')[0] ?? []);

export const inputRules: Record<string, Rule> = {
  D001: (app) =>
    inputFields(app)
      .filter(({ key, label = '' }) => CREDENTIAL.test(key) || CREDENTIAL.test(label))
      .map(({ at }) => `${at}: credentials belong into the authentication`),

  // Asked for by its id, or by the name of something that there is a list of.
  D004: (app) =>
    inputFields(app)
      .filter(({ key, label = '' }) => {
        const hasList = triggersOf(app).some(
          (trigger) => isListTrigger(trigger) && trigger.key === singular(key),
        );
        return hasList || /(^|_)ids?$/.test(key) || /\bIDs?\b/.test(label);
      })
      .filter(({ dynamic, choices }) => dynamic === undefined && choices === undefined)
      .map(({ at }) => `${at}: nobody knows an id by heart, so offer a dropdown`),

  D005: (app) =>
    inputFields(app).flatMap(({ at, dynamic }) => {
      if (dynamic === undefined) return [];
      const [key = '', ...names] = dynamic.split('.');
      const sample = app.triggers[key]?.operation.sample ?? {};
      if (app.triggers[key] && names.length > 0 && names.every((name) => name in sample)) return [];
      return [`${at}: its dropdown “${dynamic}” names no trigger, or no key of its sample`];
    }),

  D028: (app) => [
    ...(app.flags?.cleanInputData ? ['the integration must not have inputs cleaned'] : []),
    ...triggersOf(app)
      .filter(({ operation }) => operation.cleanInputData)
      .map(({ key }) => `${key}: it must not have its inputs cleaned`),
  ],

  choices: (app) =>
    inputFields(app).flatMap((field) => {
      const { at, dynamic, default: preset } = field;
      const choices = choicesOf(field);
      const values = choices?.map(({ value }) => value) ?? [];
      const wrong: [boolean, string][] = [
        [choices?.length === 0, 'there is nothing to choose from'],
        [choices?.some(({ label }) => !label) ?? false, 'every choice must have a label'],
        [values.some((value) => !value), 'every choice must have a value'],
        [new Set(values).size < values.length, 'two choices have one value'],
        [choices !== undefined && dynamic !== undefined, 'it has two lists of choices'],
        [dynamic !== undefined && preset !== undefined, 'no default fits every account'],
        [
          choices !== undefined && preset !== undefined && !values.includes(preset),
          `the default “${preset}” is no choice`,
        ],
      ];
      return wrong.filter(([is]) => is).map(([, sentence]) => `${at}: ${sentence}`);
    }),

  // Zapier shows a copy field's help text, and nothing else of it.
  'copy-field': (app) =>
    inputFields(app)
      .filter(({ type }) => type === 'copy')
      .flatMap(({ at, key: _key, type: _type, helpText = '', ...rest }) => [
        ...(helpText.trim() === '' ? [`${at}: a note must have a text`] : []),
        ...Object.keys(rest).map((name) => `${at}: a note has a text only, and no ${name}`),
      ]),

  'hidden-trigger': (app) =>
    triggersOf(app)
      .filter(({ display }) => display.hidden)
      .filter((trigger) => !isListTrigger(trigger) || !dropdownTriggers(app).includes(trigger.key))
      .map(({ key }) => `${key}: a hidden trigger is there to list the choices of a field`),

  D006: (app) =>
    triggersOf(app)
      .filter((trigger) => !isListTrigger(trigger) && !trigger.operation.performList)
      .map(({ key }) => `${key}: the editor's test needs a performList`),

  D017: (app) =>
    triggersOf(app)
      .filter(({ display, operation }) => {
        const { type, performSubscribe, performUnsubscribe } = operation;
        const parts = [type === 'hook', performSubscribe, performUnsubscribe];
        return !parts.every(Boolean) && (!display.hidden || parts.some(Boolean));
      })
      .map(({ key }) => `${key}: it must be of type hook, subscribe and unsubscribe`),
};
