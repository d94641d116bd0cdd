import type { ZObject } from 'zapier-platform-core';
import type { ZodType } from 'zod';
import { type Filters, filtersSchema } from '../wire/webhook.ts';
import { enteredChoice, enteredList } from './entered.ts';
import { type ProblemCode, problem } from './problem.ts';

/** Which messages a trigger delivers while its Direction is left blank. */
export type DefaultDirection = 'received' | 'both';

const { whatsapp_accounts, direction, chat_type, chats } = filtersSchema.shape;

/** The filters that the user's input asks the server for. What is blank is not filtered by. */
export function filtersOf(
  z: ZObject,
  input: Record<string, unknown>,
  defaultDirection: DefaultDirection,
): Filters {
  const accounts = enteredList(input.whatsapp_accounts).map(withPlus);
  const wanted = {
    whatsapp_accounts: checked(z, whatsapp_accounts, some(accounts), 'invalid_whatsapp_account'),
    direction: checked(
      z,
      direction,
      unlessBoth(enteredChoice(input.direction, defaultDirection)),
      'invalid_direction',
    ),
    chat_type: checked(
      z,
      chat_type,
      unlessBoth(enteredChoice(input.chat_type, 'both')),
      'invalid_chat_type',
    ),
    chats: checked(z, chats, some(enteredList(input.chat)), 'invalid_chat'),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

/** The same filters as query parameters, lists separated by commas. */
export function filterParams(filters: Filters): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, String(value)]));
}

/** A phone number that was treated as a number on its way has lost its plus. */
const withPlus = (phone: string): string => phone.replace(/^(?=[1-9])/, '+');

const some = (values: string[]) => (values.length > 0 ? [...new Set(values)] : undefined);

const unlessBoth = (choice: string) => (choice === 'both' ? undefined : choice);

function checked<Value>(
  z: ZObject,
  schema: ZodType<Value>,
  value: unknown,
  code: ProblemCode,
): Value {
  const { success, data } = schema.safeParse(value);
  if (!success) throw problem(z, code);
  return data;
}
