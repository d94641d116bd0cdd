import type { PlainOutputField } from 'zapier-platform-core';
import { z } from 'zod';
import { TIMESTAMP_PATTERN } from '../wire/timestamp.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * Zapier's output fields of an item, derived from its schema: titles become labels, a nested value's key
 * is `parent__child`, and a list of objects becomes line items. (Descriptions stay behind: Zapier knows
 * no help text on output fields.)
 */
export function outputFields(schema: z.ZodObject): PlainOutputField[] {
  return fieldsOf(z.toJSONSchema(schema));
}

function fieldsOf(schema: JsonSchema, prefix = ''): PlainOutputField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const value = property as JsonSchema;
    const key = prefix + name;
    if (value.type === 'object') return fieldsOf(value, `${key}__`);
    const label = value.title ?? name;
    if (value.type === 'array') {
      return { key, label, children: fieldsOf(value.items as JsonSchema) };
    }
    return { key, label, type: typeOf(value) };
  });
}

function typeOf({ type, pattern }: JsonSchema): 'boolean' | 'integer' | 'datetime' | 'string' {
  if (type === 'boolean' || type === 'integer') return type;
  return pattern === TIMESTAMP_PATTERN.source ? 'datetime' : 'string';
}
