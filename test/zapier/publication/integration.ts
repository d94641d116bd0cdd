// What the publication rules look at: the integration as plain data, looser than the platform's types so
// that a test can break any part of it.

export interface Choice {
  value?: string;
  label?: string;
}

export interface Field {
  key: string;
  label?: string;
  type?: string;
  helpText?: string;
  placeholder?: string;
  required?: boolean;
  default?: string;
  isNoSecret?: boolean;
  dynamic?: string;
  choices?: (string | Choice)[] | Record<string, string> | { perform: unknown };
  children?: Field[];
}

export type Item = Record<string, unknown>;

export interface Trigger {
  key: string;
  noun: string;
  display: { label: string; description: string; hidden?: boolean };
  operation: {
    type?: string;
    perform: unknown;
    performList?: unknown;
    performSubscribe?: unknown;
    performUnsubscribe?: unknown;
    cleanInputData?: boolean;
    inputFields?: Field[];
    outputFields?: Field[];
    sample?: Item | Item[];
  };
}

export interface Integration {
  version: string;
  platformVersion: string;
  flags?: { cleanInputData?: boolean };
  authentication: {
    fields: Field[];
    connectionLabel?: string;
    test: (z: object, bundle: object) => Promise<unknown>;
  };
  triggers: Record<string, Trigger>;
}

/** Says what is wrong, a sentence per finding, each beginning with where it is. */
export type Rule = (app: Integration) => string[] | Promise<string[]>;

export const APP_NAME = /pakiet/i;

/** Words by which a field or a label gives away that it holds a credential. */
export const CREDENTIAL = /(api|access|secret|private)[ _-]?key|token|secret|password|credential/i;

/** Title case: capitals, but for the small words in the middle. */
export function isTitleCase(text = ''): boolean {
  const words = text.split(' ');
  return words.every((word, at) => {
    const inside = at > 0 && at < words.length - 1;
    if (inside && /^(a|an|and|as|at|by|for|in|of|on|or|per|the|to|up|via|with|from)$/.test(word)) {
      return true;
    }
    return /^\(?[\p{Lu}\d]/u.test(word) && !(inside && /^(A|An|And|Of|Or|The|To)$/.test(word));
  });
}

export const triggersOf = (app: Integration): Trigger[] => Object.values(app.triggers);

export const visibleTriggers = (app: Integration): Trigger[] =>
  triggersOf(app).filter(({ display }) => !display.hidden);

/** A thing and where it is, such as `new_message.direction`. */
export type Located<T> = T & { at: string };

const located = (fields: Field[], at: string): Located<Field>[] =>
  fields
    // A field may also be a function that makes fields; what it makes is not part of the definition.
    .filter((field) => typeof field === 'object')
    .flatMap((field) => {
      const here = `${at}.${field.key}`;
      return [{ ...field, at: here }, ...located(field.children ?? [], here)];
    });

export const authFields = (app: Integration): Located<Field>[] =>
  located(app.authentication.fields, 'authentication');

export const inputFields = (app: Integration): Located<Field>[] =>
  triggersOf(app).flatMap(({ key, operation }) => located(operation.inputFields ?? [], key));

export const outputFields = (app: Integration): Located<Field>[] =>
  triggersOf(app).flatMap(({ key, operation }) => located(operation.outputFields ?? [], key));

/** The values of a dropdown with its choices written down; `undefined` for any other field. */
export function choicesOf({ choices }: Field): Choice[] | undefined {
  if (choices === undefined || 'perform' in choices) return undefined;
  if (!Array.isArray(choices)) {
    return Object.entries(choices).map(([value, label]) => ({ value, label }));
  }
  return choices.map((choice) => (typeof choice === 'string' ? { value: choice } : choice));
}

/** Help texts and descriptions: the texts in which Zapier renders markdown. */
export const proseOf = (app: Integration): Located<{ text: string }>[] => [
  ...visibleTriggers(app).map(({ key, display }) => ({ at: key, text: display.description })),
  ...[...authFields(app), ...inputFields(app)].flatMap(({ at, helpText }) =>
    helpText === undefined ? [] : [{ at, text: helpText }],
  ),
];

/** A copy that can be changed without touching the original; functions are shared. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, copyOf(inner)]),
  ) as T;
}
