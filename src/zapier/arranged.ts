import type { PlainOutputField } from 'zapier-platform-core';
import { withColonInOffset } from '../wire/timestamp.ts';

type Nested = Record<string, unknown>;

/**
 * An item as Zapier is given it: its values in the order of the output fields, and its times with the
 * offset that Zapier wants, `+00:00` where the wire has `+0000`. The static sample, the editor's test
 * (performList) and the live hook (perform) all go through here and nowhere else. A value that has no
 * output field, as from a newer server, is left out, so that all three keep one shape.
 */
export function arranged<Item extends Nested>(
  item: Item,
  fields: readonly PlainOutputField[],
): Item {
  const result: Nested = {};
  for (const { key, type, children } of fields) {
    const path = key.split('__');
    const value = path.reduce<unknown>((from, name) => (from as Nested)[name], item);
    put(result, path, converted(value, type, children));
  }
  return result as Item;
}

function converted(value: unknown, type?: string, children?: readonly PlainOutputField[]): unknown {
  if (children) return (value as Nested[]).map((child) => arranged(child, children));
  return type === 'datetime' ? withColonInOffset(String(value)) : value;
}

function put(target: Nested, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  target[name] ??= {};
  put(target[name] as Nested, rest, value);
}
