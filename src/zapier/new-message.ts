import { singlePayloadSchema } from '../wire/payload.ts';
import { singleSample } from '../wire/samples.ts';
import { messageItem, messageItemSchema } from './items.ts';
import { messageTrigger } from './message-trigger.ts';

/** One Zap run for each message. */
export const newMessage = messageTrigger({
  key: 'new_message',
  noun: 'Message',
  label: 'New Message',
  description: 'Triggers when a WhatsApp message is received or sent.',
  inputFields: [],
  granularityHours: () => 0,
  payloadSchema: singlePayloadSchema,
  itemSchema: messageItemSchema,
  toItem: messageItem,
  sample: singleSample,
});
