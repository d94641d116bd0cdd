import { defineInputFields, type ZObject } from 'zapier-platform-core';
import { bundlePayloadSchema } from '../wire/payload.ts';
import { bundleSample } from '../wire/samples.ts';
import { GRANULARITIES, type Granularity } from '../wire/webhook.ts';
import { costNote } from './cost-note.ts';
import { enteredChoice } from './entered.ts';
import { filterFields } from './filter-fields.ts';
import { batchItem, batchItemSchema } from './items.ts';
import { messageTrigger } from './message-trigger.ts';
import { problem } from './problem.ts';

const PERIODS = GRANULARITIES.filter((hours) => hours > 0);
const DEFAULT_PERIOD = 24;
const DEFAULT_DIRECTION = 'both';

const choices = PERIODS.map((hours) => ({
  value: String(hours),
  sample: String(hours),
  label: hours === 1 ? 'Every Hour' : `Every ${hours} Hours`,
}));

const inputFields = defineInputFields([
  costNote(
    '**What this costs:** each chat runs this Zap at most once per period (a chat of more than 1,000 messages in a period: several times), and not at all while it is silent. Every run uses one task for each action step. 20 chats a day with 2 action steps at 24 hours are at most 40 tasks, however much is said.',
  ),
  {
    key: 'granularity',
    label: 'Batch Period',
    type: 'string',
    required: true,
    default: String(DEFAULT_PERIOD),
    choices,
    helpText:
      'How long the messages of a chat are gathered, counted from its first new message. Then they arrive together, as one batch.',
  },
  ...filterFields({
    default: DEFAULT_DIRECTION,
    helpText: 'Both is the default, so that a batch holds the whole conversation.',
  }),
]);

/** Zapier hands over the choice as text; left blank it is the default. */
function granularityHours(z: ZObject, { granularity }: Record<string, unknown>): Granularity {
  const text = enteredChoice(granularity, String(DEFAULT_PERIOD));
  const hours = PERIODS.find((period) => period === Number(text));
  if (hours === undefined) throw problem(z, 'invalid_granularity');
  return hours;
}

/** One Zap run for each chat and period, however many messages it saw. */
export const newMessageBatch = messageTrigger({
  key: 'new_message_batch',
  noun: 'Message Batch',
  label: 'New Message Batch',
  description:
    'Triggers when the messages of a WhatsApp chat have been gathered for a period you choose.',
  inputFields,
  defaultDirection: DEFAULT_DIRECTION,
  granularityHours,
  payloadSchema: bundlePayloadSchema,
  itemSchema: batchItemSchema,
  toItem: batchItem,
  sample: bundleSample,
});
