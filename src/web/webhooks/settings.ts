import { z } from 'zod';
import { InvalidTargetUrlError } from '../../core/errors.ts';
import type { Language } from '../../core/language.ts';
import { checkTargetUrl } from '../../core/settings.ts';
import type { Webhook } from '../../store/rows.ts';
import { textSchema } from '../../wire/text.ts';
import { type NewWebhook, newWebhookSchema } from '../../wire/webhook.ts';
import type { Problems } from '../ui.tsx';
import { words } from './words.ts';

// What stands in the form of a webhook's settings, and what it means.

const { source: _source, zap_id: _zapId, ...SHAPE } = newWebhookSchema.shape;
const settingsSchema = z.strictObject(SHAPE);

const MOST_TICKED = 1000;

const line = textSchema.trim().catch('');
const ticked = z
  .union([z.array(z.string()), z.string().transform((one) => [one])])
  .catch([])
  // One more than there may be is refused as too many; looking up and showing all would take long.
  .transform((values) => [...new Set(values)].slice(0, MOST_TICKED + 1));

const fieldsSchema = z.object({
  name: line,
  target_url: line,
  granularity_hours: line,
  whatsapp_accounts: ticked,
  direction: line,
  chat_type: line,
  chats: ticked,
  concurrency: line,
  rate_per_second: line,
  enabled: line,
});

/** The fields of the form, by the names of the settings, as they are entered. */
export type Fields = z.output<typeof fieldsSchema>;

/** What was entered. */
export const fieldsFrom = (body: unknown): Fields => fieldsSchema.parse(body ?? {});

/** How the form of a new webhook stands at first: as the API would have it. */
export function newFields(): Fields {
  const { concurrency, enabled } = newWebhookSchema.parse({
    target_url: '',
    granularity_hours: 0,
  });
  return fieldsFrom({ concurrency: String(concurrency), enabled: enabled ? 'on' : '' });
}

export function fieldsOf(webhook: Webhook): Fields {
  const { name, targetUrl, granularityHours, filters, concurrency, rate, enabled } = webhook;
  return {
    name,
    target_url: targetUrl,
    granularity_hours: String(granularityHours),
    whatsapp_accounts: filters.whatsapp_accounts ?? [],
    direction: filters.direction ?? '',
    chat_type: filters.chat_type ?? '',
    chats: filters.chats ?? [],
    concurrency: String(concurrency),
    rate_per_second: rate === null ? '' : String(rate),
    enabled: enabled ? 'on' : '',
  };
}

type Given = Omit<NewWebhook, 'source' | 'zap_id'>;

/** Reads the form. Its limits are those of the API. */
export function readSettings(
  fields: Fields,
  language: Language,
): { ok: true; settings: Given } | { ok: false; problems: Problems } {
  const { direction, chat_type, whatsapp_accounts, chats } = fields;
  const parsed = settingsSchema.safeParse({
    name: fields.name,
    target_url: fields.target_url,
    granularity_hours: numberIn(fields.granularity_hours),
    filters: {
      ...(whatsapp_accounts.length > 0 && { whatsapp_accounts }),
      ...(direction && { direction }),
      ...(chat_type && { chat_type }),
      ...(chats.length > 0 && { chats }),
    },
    concurrency: numberIn(fields.concurrency) ?? Number.NaN,
    rate_per_second: fields.rate_per_second === '' ? null : numberIn(fields.rate_per_second),
    enabled: fields.enabled === 'on',
  });
  const problems: Problems = {};
  for (const { path, code } of parsed.error?.issues ?? []) {
    const field = String(path[0] === 'filters' ? path[1] : path[0]) as keyof Fields;
    problems[field] ??= problemOf(field, code, language);
  }
  const urlProblem = flawOf(fields.target_url, language);
  if (urlProblem) problems.target_url ??= urlProblem;
  if (parsed.success && Object.keys(problems).length === 0) {
    return { ok: true, settings: parsed.data };
  }
  return { ok: false, problems };
}

/** Undefined where nothing was entered. */
const numberIn = (text: string): number | undefined => (text === '' ? undefined : Number(text));

const NUMBERS = {
  concurrency: newWebhookSchema.shape.concurrency.unwrap(),
  rate_per_second: newWebhookSchema.shape.rate_per_second.unwrap().unwrap(),
};

/** The least and the most that a number may be. */
export const rangeOf = (field: keyof typeof NUMBERS) => ({
  min: Number(NUMBERS[field].minValue),
  max: Number(NUMBERS[field].maxValue),
});

function problemOf(field: keyof Fields, code: string, language: Language): Problems[string] {
  if (field === 'concurrency' || field === 'rate_per_second') {
    const { min, max } = rangeOf(field);
    return { text: words[language].between(min, max) };
  }
  if (code === 'too_big') return 'too_long';
  return 'choice';
}

function flawOf(url: string, language: Language): Problems[string] {
  try {
    checkTargetUrl(url);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidTargetUrlError)) throw error;
    if (error.flaw === 'credentials') return { text: words[language].urlCredentials };
    return url === '' ? 'required' : 'url';
  }
}
