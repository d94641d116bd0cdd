import { z } from 'zod';

const HINT = 'Write the phone number in its international form, such as +972540000000';

/** Spaces, dashes, dots, brackets and marks of writing direction, as people and programs put them in. */
const DECORATION = /[\s().\-\u00a0\u200e\u202a\u202c]/g;

/** A phone number on its way in. Decoration is dropped, so that one number has one spelling. */
export const phoneSchema = z
  .string()
  .max(40)
  .overwrite((text) => text.replace(DECORATION, ''))
  .regex(/^\+[1-9]\d{4,18}$/, HINT)
  .meta({ examples: ['+972540000000'] });

/** The same, or "" where it is not known. */
export const optionalPhoneSchema = z
  .string()
  .max(40)
  .overwrite((text) => text.replace(DECORATION, ''))
  .regex(/^(\+[1-9]\d{4,18})?$/, HINT)
  .default('')
  .meta({ examples: ['+972540000000'] });
