import { aggregationHtml } from './aggregation.ts';
import type { BundlePayload, Message, SinglePayload } from './payload.ts';

// The canonical samples: what Zapier shows before there is data, what "send a test" sends and what
// the documentation prints. The parties fit the direction and the aggregation fits the messages.

const HOST = 'https://pakiet.example.com';

const whatsapp_account = {
  full_name: 'Jane Smith',
  email: 'jane@acme.example',
  phone: '+972550000000',
};

const chat = {
  full_name: 'John Doe',
  responsible_name: 'Jane Smith',
  responsible_email: 'jane@acme.example',
  chat_url: `${HOST}/chat/10010001/messages/`,
  chat_id: '10010001',
  is_new_chat: true,
  is_group: false,
  phone: '+972540000000',
};

const john = { full_name: 'John Doe', phone: '+972540000000' };
const jane = { full_name: 'Jane Smith', phone: '+972550000000' };

const question: Message = {
  direction: 'received',
  timestamp: '2021-02-24T16:25:29+0000',
  message_id: '77a28d55-5345-5435-8c72-3a7bcad8ded9',
  sender: john,
  recipient: jane,
  text: 'Hi! How are you?',
};

const answer: Message = {
  direction: 'sent',
  timestamp: '2021-02-24T16:30:29+0000',
  message_id: '0b9c5a0e-6f0b-5b1c-9a55-2f6d1c7a3e10',
  sender: jane,
  recipient: john,
  text: 'I am fine, how are you?',
};

export const singleSample: SinglePayload = { whatsapp_account, chat, message: question };

export const bundleSample: BundlePayload = {
  whatsapp_account,
  chat,
  messages: [question, answer],
  first_message_timestamp: question.timestamp,
  last_message_timestamp: answer.timestamp,
  aggregation: aggregationHtml([question, answer], {
    permalink: `${HOST}/permalink/${question.message_id}/`,
    productName: 'Pakiet',
  }),
};
