import { singlePayloadSchema } from '../wire/payload.ts';
import { singleSample } from '../wire/samples.ts';
import { filterFields } from './filter-fields.ts';
import { messageItem, messageItemSchema } from './items.ts';
import { messageTrigger } from './message-trigger.ts';

const DEFAULT_DIRECTION = 'received';

/** One Zap run for each message. */
export const newMessage = messageTrigger({
  key: 'new_message',
  noun: 'Message',
  label: 'New Message',
  description: 'Triggers when a WhatsApp message is received or sent.',
  inputFields: filterFields({
    default: DEFAULT_DIRECTION,
    helpText:
      'Received is the default, because a Zap that replies would otherwise be started again by its own reply. Each message that counts runs this Zap once, and every run uses one task for each action step: 100 messages in a Zap of 2 action steps are 200 tasks. If that is too many, choose New Message Batch.',
  }),
  defaultDirection: DEFAULT_DIRECTION,
  granularityHours: () => 0,
  payloadSchema: singlePayloadSchema,
  itemSchema: messageItemSchema,
  toItem: messageItem,
  sample: singleSample,
});
