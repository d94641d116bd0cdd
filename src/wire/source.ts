import { z } from 'zod';
import { textSchema } from './text.ts';

export const sourceNameSchema = textSchema.trim().max(200);

/** A secret made up at the other end, such as the one of a Meta app. */
export const theirSecretSchema = z
  .string()
  .trim()
  .max(256)
  .regex(/^[\x21-\x7e]+$/, 'Copy the secret alone, without spaces');
