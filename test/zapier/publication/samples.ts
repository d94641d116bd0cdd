import { type Field, type Item, type Rule, type Trigger, triggersOf } from './integration.ts';

/** A value of an item: its key as Zapier names it (`chat__phone`, `messages[]text`) and itself. */
type Leaf = [key: string, value: unknown];

function leavesOf(value: unknown, key = ''): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((inner) => leavesOf(inner, `${key}[]`));
  if (typeof value !== 'object' || value === null) return [[key, value]];
  const join = key === '' || key.endsWith('[]') ? key : `${key}__`;
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, join + name));
}

/** The output fields of a trigger by the keys of the leaves that they are for. */
function fieldsByLeaf({ operation }: Trigger): Map<string, Field> {
  const flat = (fields: Field[], prefix = ''): [string, Field][] =>
    fields.flatMap((field) => {
      // The key of a line item's value may repeat that of its parent: `messages[]text`.
      const key = field.key.startsWith(prefix) ? field.key : prefix + field.key;
      return field.children ? flat(field.children, `${key}[]`) : [[key, field]];
    });
  return new Map(flat(operation.outputFields ?? []));
}

export const keysOf = (item: unknown): Set<string> => new Set(leavesOf(item).map(([key]) => key));

/** Date, time and offset; the platform wants the offset with its colon, or Z. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const DATE_LIKE =
  /^(\d{4}-\d\d-\d\d([T ].*)?|\d{1,2} [A-Z][a-z]{2,8} \d{4}.*|\d{1,2}\/\d{1,2}\/\d{4}.*)$/;

/** Leaves of another type than their output field. */
export function wrongTypes(trigger: Trigger, item: unknown): string[] {
  const fields = fieldsByLeaf(trigger);
  return leavesOf(item).flatMap(([key, value]) => {
    const field = fields.get(key);
    if (!field || isOfType(value, field.type)) return [];
    return [`${trigger.key}.${key}: ${JSON.stringify(value)} is no ${field.type ?? 'string'}`];
  });
}

function isOfType(value: unknown, type = 'string'): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === (type === 'number' || type === 'boolean' ? type : 'string');
}

/** Leaves that are declared to be a time and are none. */
export function wrongDates(trigger: Trigger, item: unknown): string[] {
  const fields = fieldsByLeaf(trigger);
  return leavesOf(item)
    .filter(([key, value]) => fields.get(key)?.type === 'datetime' && typeof value === 'string')
    .filter(
      ([, value]) => !DATE_TIME.test(String(value)) || Number.isNaN(Date.parse(String(value))),
    )
    .map(([key, value]) => `${trigger.key}.${key}: “${value}” is no ISO 8601 time with its offset`);
}

const isRecord = (sample: unknown): sample is Item =>
  typeof sample === 'object' && sample !== null && !Array.isArray(sample);

/** The triggers that have one record as their sample; D012 and `one-record` find the others. */
const sampled = (app: Parameters<Rule>[0]) =>
  triggersOf(app).flatMap((trigger) => {
    const { sample } = trigger.operation;
    return isRecord(sample) && Object.keys(sample).length > 0
      ? [{ trigger, at: trigger.key, sample }]
      : [];
  });

const PLACEHOLDER = /\b(test|testing|foo|lorem|ipsum|string|asdf|todo|xxx+|placeholder)\b/i;

export const sampleRules: Record<string, Rule> = {
  D010: (app) =>
    sampled(app)
      .filter(({ sample }) => !('id' in sample))
      .map(({ at }) => `${at}: the sample must have an id`),

  D012: (app) =>
    triggersOf(app)
      .filter(({ operation }) => Object.keys(operation.sample ?? {}).length === 0)
      .map(({ key }) => `${key}: there must be a sample`),

  D023: (app) =>
    sampled(app).flatMap(({ trigger, at, sample }) => {
      const fields = fieldsByLeaf(trigger);
      const undeclared = leavesOf(sample).filter(
        ([key, value]) =>
          DATE_LIKE.test(String(value)) && fields.has(key) && fields.get(key)?.type !== 'datetime',
      );
      return [
        ...wrongDates(trigger, sample),
        ...undeclared.map(([key]) => `${at}.${key}: a time must be declared as datetime`),
      ];
    }),

  D024: (app) =>
    sampled(app).flatMap(({ trigger, at, sample }) => {
      const fields = fieldsByLeaf(trigger);
      if (fields.size === 0 && trigger.display.hidden) return [];
      const keys = keysOf(sample);
      return [
        ...[...keys]
          .filter((key) => !fields.has(key))
          .map((key) => `${at}.${key}: no output field`),
        ...[...fields.keys()]
          .filter((key) => !keys.has(key))
          .map((key) => `${at}.${key}: not in the sample`),
        ...wrongTypes(trigger, sample),
        ...unlikeLineItems(sample).map(
          (key) => `${at}.${key}: its line items differ in their keys`,
        ),
      ];
    }),

  'one-record': (app) =>
    triggersOf(app)
      .filter(({ operation }) => operation.sample !== undefined && !isRecord(operation.sample))
      .map(({ key }) => `${key}: the sample must be one record, not a list`),

  'realistic-sample': (app) =>
    sampled(app).flatMap(({ at, sample }) =>
      leavesOf(sample)
        .filter(([key, value]) => {
          const isEmptyId = /(^|_|\])id$/.test(key) && (value === '' || value === null);
          return isEmptyId || (typeof value === 'string' && PLACEHOLDER.test(value));
        })
        .map(([key, value]) => `${at}.${key}: “${value}” is nothing a user would see`),
    ),

  // D024 holds values against their fields; this one catches a field that agrees with a wrong value.
  'real-values': (app) =>
    sampled(app).flatMap(({ trigger, at, sample }) => {
      const fields = fieldsByLeaf(trigger);
      return leavesOf(sample)
        .filter(([key, value]) => {
          const type = fields.get(key)?.type ?? 'string';
          if (/(^|_)(is|has)_[a-z_]+$/.test(key)) return type !== 'boolean';
          if (/_count$/.test(key)) return type !== 'integer';
          return type === 'string' && /^(true|false)$/i.test(String(value));
        })
        .map(([key]) => `${at}.${key}: yes or no must be a boolean, a count an integer`);
    }),
};

const unlikeLineItems = (sample: Item): string[] =>
  Object.entries(sample).flatMap(([key, value]) => {
    if (!Array.isArray(value)) return [];
    const shapes = value.map((inner) => [...keysOf(inner)].sort().join());
    return new Set(shapes).size > 1 ? [key] : [];
  });
