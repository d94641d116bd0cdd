import { defineInputFields, type ZObject } from 'zapier-platform-core';
import { bundlePayloadSchema } from '../wire/payload.ts';
import { bundleSample } from '../wire/samples.ts';
import { GRANULARITIES, type Granularity } from '../wire/webhook.ts';
import { batchItem, batchItemSchema } from './items.ts';
import { messageTrigger } from './message-trigger.ts';
import { problem } from './problem.ts';

const PERIODS = GRANULARITIES.filter((hours) => hours > 0);
const DEFAULT_PERIOD = 24;

const choices = PERIODS.map((hours) => ({
  value: String(hours),
  sample: String(hours),
  label: hours === 1 ? 'Every Hour' : `Every ${hours} Hours`,
}));

const inputFields = defineInputFields([
  {
    key: 'granularity',
    label: 'Batch Period',
    type: 'string',
    required: true,
    default: String(DEFAULT_PERIOD),
    choices,
    helpText:
      'How long the messages of a chat are gathered, counted from its first new message. Then they arrive together, so a chat runs this Zap at most once in each period.',
  },
]);

/** Zapier hands over the choice as text; left blank it is the default. */
function granularityHours(z: ZObject, { granularity }: Record<string, unknown>): Granularity {
  const text = String(granularity ?? '').trim();
  const hours = PERIODS.find((period) => period === Number(text || DEFAULT_PERIOD));
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
  granularityHours,
  payloadSchema: bundlePayloadSchema,
  itemSchema: batchItemSchema,
  toItem: batchItem,
  sample: bundleSample,
});
