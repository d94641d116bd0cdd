import { z } from 'zod';

// Fields as others send them: what is missing, null or of another type is taken as not given, since one odd
// field is no reason to lose a message. Unknown fields are passed over.

export const text = z.string().optional().catch(undefined);
export const anything = z.unknown().optional();
export const flag = z.boolean().optional().catch(undefined);

// What is missing gets its default without a failed parse first, which costs far more.
export const list = z.array(z.unknown()).prefault([]).catch([]);
export const record = z.record(z.string(), z.unknown()).prefault({}).catch({});

/** A nested object of tolerant fields. */
export const fields = <Shape extends z.ZodRawShape>(shape: Shape) => {
  const schema = z.object(shape);
  return schema.prefault({} as z.input<typeof schema>).catch(() => schema.parse({}));
};
