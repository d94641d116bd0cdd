import { z } from 'zod';
import { wellFormed } from '../wire/text.ts';
import type { Problems } from './ui.tsx';
import type { Problem } from './words.ts';
import { words } from './words.ts';

const isProblem = (text: string): text is Problem => text in words.en.problems;

/** Says what a field needs, by the name of a problem that the pages have words for. */
export const says = (problem: Problem) => ({ error: problem });

export type Read<Schema extends z.ZodType> =
  | { ok: true; value: z.output<Schema> }
  | { ok: false; problems: Problems };

/** Reads a form that was sent. Problems stand beside their fields; zod's own sentences are never shown. */
export function readForm<Schema extends z.ZodType>(schema: Schema, body: unknown): Read<Schema> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems: Problems = {};
  for (const { path, message } of parsed.error.issues) {
    problems[String(path[0])] ??= isProblem(message) ? message : 'invalid';
  }
  return { ok: false, problems };
}

/** What was entered, to be shown again: the texts of the form's fields. */
export const entered = (body: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((body ?? {}) as object).filter(([, value]) => typeof value === 'string'),
  );

export const nameField = z
  .string(says('required'))
  .overwrite(wellFormed)
  .trim()
  .max(200, says('too_long'));
export const requiredName = nameField.min(1, says('required'));
export const emailField = z
  .string(says('required'))
  .trim()
  .min(1, says('required'))
  .max(320, says('too_long'))
  .pipe(z.email(says('email')));
/** An e-mail address, or nothing. */
export const optionalEmailField = z.union([
  z.literal(''),
  z
    .string(says('required'))
    .trim()
    .max(320, says('too_long'))
    .pipe(z.email(says('email'))),
]);
/** Source: NIST SP 800-63B asks for length and nothing else; 8 is its least. */
export const newPasswordField = z
  .string(says('required'))
  .min(10, says('too_short'))
  .max(200, says('too_long'));
