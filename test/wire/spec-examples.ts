// The two examples of the specification, its slips mended: the stray ">" in the chat's name, the closing
// </h>, the message id that occurs twice. Host and product name are left as the original has them.

const whatsapp_account = {
  full_name: 'Amnon Haha',
  email: 'Amnon@acme.com',
  phone: '+972500000000',
};

const chat = {
  full_name: 'John Doe',
  responsible_name: 'Amnon',
  responsible_email: 'Amnon@acme.com',
  chat_url: 'https://app.timelines.ai/chat/10010001/messages/',
  chat_id: '10010001',
  is_new_chat: true,
  is_group: false,
};

const parties = {
  sender: { full_name: 'John Doe', phone: '+972540000000' },
  recipient: { full_name: 'Jane Smith', phone: '+972550000000' },
};

export const bundleExample = {
  whatsapp_account,
  chat: { ...chat, phone: '+97254000000' },
  messages: [
    {
      direction: 'sent' as const,
      timestamp: '2021-02-24T16:25:29+0000',
      message_id: 'ddfskhsd76dsfs6dsd5skjsdhf',
      ...parties,
      text: 'lorem ipsum',
    },
    {
      direction: 'received' as const,
      timestamp: '2021-02-24T16:30:29+0000',
      message_id: 'ddfskhsd76dsfs6dsd5skjsdhg',
      ...parties,
      text: 'lorem ipsum',
    },
  ],
  first_message_timestamp: '2021-02-24T16:25:29+0000',
  last_message_timestamp: '2021-02-24T16:30:29+0000',
  aggregation:
    "from John Doe on 2021-02-24 16:25: Hi! How are you?<br/>from Jane Smith on 2021-02-24 16:30: I am fine, how are you?<br/>Click <a href='https://app.timelines.ai/permalink/77a28d55-5345-5435-8c72-3a7bcad8ded9/'>here</a> to open the conversation in TimelinesAI",
};

export const singleExample = {
  whatsapp_account,
  chat: { ...chat, phone: '+97251111111' },
  message: {
    direction: 'sent' as const,
    timestamp: '2021-02-24T06:25:29+0000',
    message_id: 'ddfskhsd76dsfs6dsd5skjsdhf',
    ...parties,
    text: 'lorem ipsum',
  },
};
