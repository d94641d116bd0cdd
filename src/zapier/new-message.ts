import { defineInputFields } from 'zapier-platform-core';
import { singlePayloadSchema } from '../wire/payload.ts';
import { singleSample } from '../wire/samples.ts';
import { costNote } from './cost-note.ts';
import { filterFields } from './filter-fields.ts';
import { messageItem, messageItemSchema } from './items.ts';
import { messageTrigger } from './message-trigger.ts';

const DEFAULT_DIRECTION = 'received';

const inputFields = defineInputFields([
  costNote(
    '**What this costs:** every message runs this Zap, and every run uses one task for each action step. 100 messages a day with 2 action steps are 200 tasks. To pay for one run per chat and day instead, use New Message Batch.',
  ),
  ...filterFields({
    default: DEFAULT_DIRECTION,
    helpText:
      'Received is the default, because a Zap that replies would otherwise be started again by its own reply.',
  }),
]);

/** One Zap run for each message. */
export const newMessage = messageTrigger({
  key: 'new_message',
  noun: 'Message',
  label: 'New Message',
  description: 'Triggers when a WhatsApp message is received or sent.',
  inputFields,
  defaultDirection: DEFAULT_DIRECTION,
  granularityHours: () => 0,
  payloadSchema: singlePayloadSchema,
  itemSchema: messageItemSchema,
  toItem: messageItem,
  sample: singleSample,
});
