import type { PlainOutputField } from 'zapier-platform-core';
import { z } from 'zod';
import { TIMESTAMP_PATTERN } from '../wire/timestamp.ts';
import { inOrder } from './field-order.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * Zapier's output fields of an item, derived from its schema and put in order: titles become labels, a
 * nested value's key is `parent__child`, and a list of objects becomes line items. (Descriptions stay
 * behind: Zapier knows no help text on output fields, its PlainOutputFieldSchema refuses any.)
 */
export function outputFields(schema: z.ZodObject): PlainOutputField[] {
  return inOrder(fieldsOf(z.toJSONSchema(schema)));
}

function fieldsOf(schema: JsonSchema, prefix = '', parent = ''): PlainOutputField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const value = property as JsonSchema;
    const key = prefix + name;
    if (value.type === 'object') return fieldsOf(value, `${key}__`, value.title);
    const label = labelOf(value.title ?? name, parent);
    if (value.type === 'array') {
      const items = value.items as JsonSchema;
      return { key, label, children: inOrder(fieldsOf(items, '', items.title)) };
    }
    return { key, label, type: typeOf(value) };
  });
}

/** In a Zap a label stands alone: "Text" says less there than "Message Text". */
function labelOf(title: string, parent: string): string {
  return parent && !title.includes(' ') ? `${parent} ${title}` : title;
}

function typeOf({ type, pattern }: JsonSchema): 'boolean' | 'integer' | 'datetime' | 'string' {
  if (type === 'boolean' || type === 'integer') return type;
  return pattern === TIMESTAMP_PATTERN.source ? 'datetime' : 'string';
}
