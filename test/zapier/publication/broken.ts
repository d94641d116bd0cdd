import type { Bundle, ZObject } from 'zapier-platform-core';
import type { Integration } from './integration.ts';

const M = 'triggers.new_message';
const B = 'triggers.new_message_batch';
const INPUTS = `${M}.operation.inputFields`;
const OUTPUTS = `${M}.operation.outputFields`;
const SAMPLE = `${M}.operation.sample`;
const BATCH_INPUTS = `${B}.operation.inputFields`;
const BATCH_OUTPUTS = `${B}.operation.outputFields`;
const BATCH_SAMPLE = `${B}.operation.sample`;
export const HOST = 'authentication.fields.baseUrl';
const KEY = 'authentication.fields.apiKey';

/** Values by the paths at which they are put. */
export type Changes = Record<string, unknown>;

const input = (key: string, label: string, rest: object = {}): Changes => ({
  [`${INPUTS}.${key}`]: { key, label, type: 'string', ...rest },
});

const note = (changes: object): Changes =>
  Object.fromEntries(
    Object.entries(changes).map(([name, value]) => [`${INPUTS}.cost.${name}`, value]),
  );

/** A dropdown of teammates, fed by a hidden trigger: nothing is wrong with it. */
export const DROPDOWN: Changes = {
  'triggers.teammate': {
    key: 'teammate',
    noun: 'Teammate',
    display: { label: 'List Teammates', description: 'Lists the teammates.', hidden: true },
    operation: { type: 'polling', perform: () => [], sample: { id: '7', name: 'Jane Smith' } },
  },
  ...input('teammate', 'Teammate', { dynamic: 'teammate.id.name' }),
};

const trustful: Integration['authentication']['test'] = async (z, bundle) => {
  const { baseUrl } = (bundle as Bundle).authData as { baseUrl: string };
  return (z as ZObject).request(`${baseUrl}/me`);
};

/** What each rule is there to find: its id, what is wrong, and the changes that make it so. */
export const BROKEN: [id: string, what: string, changes: Changes][] = [
  ['D001', 'an input that asks for a credential', input('api_token', 'Access')],
  ['D002', 'a key that nobody knows where to find', { [`${KEY}.helpText`]: 'Ask for it.' }],
  ['D003', 'no connection label', { 'authentication.connectionLabel': undefined }],
  ['D003', 'one label for all connections', { 'authentication.connectionLabel': 'My account' }],
  ['D003', 'a connection label with the key', { 'authentication.connectionLabel': '{{apiKey}}' }],
  [
    'D003',
    'a connection label with the name',
    { 'authentication.connectionLabel': 'Pakiet {{label}}' },
  ],
  ['D004', 'an id to be typed in', input('contact_id', 'Contact')],
  [
    'D004',
    'a name to be typed in of which there is a list',
    { ...DROPDOWN, ...input('teammates', 'Team') },
  ],
  [
    'D005',
    'a dropdown without its trigger',
    input('teammate', 'Teammate', { dynamic: 'nobody.id.name' }),
  ],
  [
    'D005',
    'a dropdown of a key that no choice has',
    { ...DROPDOWN, [`${INPUTS}.teammate.dynamic`]: 'teammate.id.email' },
  ],
  ['D006', 'a hook without performList', { [`${M}.operation.performList`]: undefined }],
  [
    'D007',
    'an address without TLS in a placeholder',
    { [`${HOST}.placeholder`]: 'http://pakiet.example.com' },
  ],
  ['D007', 'a link without TLS', { [`${HOST}.helpText`]: 'See [how](http://pakiet.example.com).' }],
  [
    'D007',
    'an address without TLS in a sample',
    { [`${SAMPLE}.chat.chat_url`]: 'http://pakiet.example.com/chat/1' },
  ],
  [
    'D008',
    'a broken markdown link',
    { [`${HOST}.helpText`]: 'See [how(https://pakiet.example.com).' },
  ],
  ['D008', 'a link to nowhere', { [`${HOST}.helpText`]: 'See [how](pakiet.example.com).' }],
  [
    'D008',
    'a broken HTML link',
    { [`${HOST}.helpText`]: 'See <a href=pakiet.example.com>how</a>.' },
  ],
  ['D008', 'a bare address', { [`${HOST}.helpText`]: 'See https://pakiet.example.com.' }],
  ['D010', 'a sample without an id', { [`${SAMPLE}.id`]: undefined, [`${OUTPUTS}.id`]: undefined }],
  ['D011', 'an empty help text', { [`${HOST}.helpText`]: ' ' }],
  [
    'D011',
    'a help text that repeats the label',
    { [`${HOST}.helpText`]: 'Enter your server URL.' },
  ],
  ['D011', 'a help text without its period', { [`${HOST}.helpText`]: 'Where it answers' }],
  ['D012', 'no sample', { [SAMPLE]: undefined }],
  ['D012', 'an empty sample', { [SAMPLE]: {} }],
  [
    'D017',
    'a hook that cannot be unsubscribed',
    { [`${M}.operation.performUnsubscribe`]: undefined },
  ],
  ['D017', 'a hook that does not say so', { [`${M}.operation.type`]: undefined }],
  ['D018', 'a label in small letters', { [`${M}.display.label`]: 'New message' }],
  ['D018', 'a small word in capitals', { [`${M}.display.label`]: 'Message In The Chat' }],
  ['D018', 'an input label in small letters', { [`${HOST}.label`]: 'server URL' }],
  ['D018', 'an output field without a label', { [`${OUTPUTS}.id.label`]: undefined }],
  [
    'D018',
    'a line item label in small letters',
    { [`${BATCH_OUTPUTS}.messages.children.0.label`]: 'which one' },
  ],
  [
    'D021',
    'a description that begins otherwise',
    { [`${M}.display.description`]: 'When a message arrives.' },
  ],
  [
    'D021',
    'a description of two sentences',
    { [`${M}.display.description`]: 'Triggers when a message arrives. Or leaves.' },
  ],
  [
    'D021',
    'a description without its period',
    { [`${M}.display.description`]: 'Triggers when a message arrives' },
  ],
  ['D023', 'a time without its offset', { [`${SAMPLE}.message.timestamp`]: '2021-02-24T16:25:29' }],
  [
    'D023',
    'an offset without its colon',
    { [`${SAMPLE}.message.timestamp`]: '2021-02-24T16:25:29+0100' },
  ],
  [
    'D023',
    'a day that no calendar has',
    { [`${SAMPLE}.message.timestamp`]: '2021-02-44T16:25:29Z' },
  ],
  ['D023', 'a time not in ISO 8601', { [`${SAMPLE}.message.timestamp`]: '24 Feb 2021 16:25' }],
  ['D023', 'a time that is declared as text', { [`${OUTPUTS}.message__timestamp.type`]: 'string' }],
  ['D024', 'a value of another type', { [`${SAMPLE}.chat.is_group`]: 'no' }],
  ['D024', 'a number that is text', { [`${BATCH_SAMPLE}.message_count`]: '2' }],
  ['D024', 'a line item of another type', { [`${BATCH_SAMPLE}.messages.1.text`]: 12 }],
  ['D024', 'a line item that lacks a key', { [`${BATCH_SAMPLE}.messages.1.text`]: undefined }],
  ['D024', 'a value without an output field', { [`${SAMPLE}.chat.nickname`]: 'Johnny' }],
  [
    'D024',
    'an output field without a value',
    { [`${OUTPUTS}.nickname`]: { key: 'chat__nickname', label: 'Nickname' } },
  ],
  ['D025', 'an address that runs something', { [`${HOST}.placeholder`]: 'javascript:alert(1)' }],
  ['D026', 'a server taken on trust', { 'authentication.test': trustful }],
  ['D026', 'no server ever asked', { 'authentication.test': () => Promise.reject(new Error()) }],
  ['D028', 'inputs cleaned everywhere', { flags: { cleanInputData: true } }],
  ['D028', 'inputs cleaned in one trigger', { [`${M}.operation.cleanInputData`]: true }],
  ['choices', 'a default that is no choice', { [`${BATCH_INPUTS}.granularity.default`]: '5' }],
  ['choices', 'choices without a label', input('side', 'Side', { choices: ['left', 'right'] })],
  [
    'choices',
    'two choices with one value',
    input('side', 'Side', {
      choices: [
        { value: 'l', label: 'L' },
        { value: 'l', label: 'R' },
      ],
    }),
  ],
  ['choices', 'nothing to choose from', input('side', 'Side', { choices: [] })],
  [
    'choices',
    'a default for a list that differs by account',
    { ...DROPDOWN, [`${INPUTS}.teammate.default`]: '7' },
  ],
  ['copy-field', 'a note without a text', note({ helpText: undefined })],
  ['copy-field', 'a note with a label', note({ label: 'Cost' })],
  ['copy-field', 'a note that must be filled in', note({ required: true })],
  ['D008', 'a broken link in a note', note({ helpText: 'See [how(https://x.example).' })],
  ['D011', 'a note without its period', note({ helpText: 'This is what it costs' })],
  ['plain-words', 'a word for developers in a note', note({ helpText: 'It has a payload.' })],
  ['english', 'a label in another language', { [`${HOST}.label`]: 'Café Address' }],
  ['english', 'a choice in another language', input('side', 'Side', { choices: { l: 'Лево' } })],
  [
    'hidden-trigger',
    'a hidden trigger for nothing',
    { ...DROPDOWN, [`${INPUTS}.teammate`]: undefined },
  ],
  ['key', 'a trigger key in camel case', { [`${M}.key`]: 'newMessage' }],
  ['key', 'an input key in camel case', input('chatType', 'Chat Type')],
  ['noun', 'a noun in the plural', { [`${M}.noun`]: 'Messages' }],
  ['noun', 'a noun in small letters', { [`${M}.noun`]: 'message' }],
  ['one-record', 'a list as a sample', { [SAMPLE]: [{ id: '1' }] }],
  [
    'own-name',
    'the name of the app in a description',
    { [`${M}.display.description`]: 'Triggers when Pakiet sees a message.' },
  ],
  ['own-name', 'the name of the app in a label', { [`${M}.display.label`]: 'New Pakiet Message' }],
  ['password-field', 'a key that all can read', { [`${KEY}.type`]: 'string' }],
  [
    'plain-words',
    'a word for developers',
    { [`${HOST}.helpText`]: 'Where the payload comes from.' },
  ],
  ['platform-version', 'another platform', { platformVersion: '18.0.0' }],
  [
    'real-values',
    'text for yes or no',
    {
      [`${OUTPUTS}.chat__is_group.type`]: 'string',
      [`${SAMPLE}.chat.is_group`]: 'false',
    },
  ],
  [
    'real-values',
    'text for a count',
    {
      [`${BATCH_OUTPUTS}.message_count.type`]: 'string',
      [`${BATCH_SAMPLE}.message_count`]: '2',
    },
  ],
  ['realistic-sample', 'a test as a sample', { [`${SAMPLE}.message.text`]: 'This is a test' }],
  ['realistic-sample', 'an empty id', { [`${SAMPLE}.chat.chat_id`]: '' }],
  ['twin-label', 'two triggers of one name', { [`${B}.display.label`]: 'New Message' }],
  ['version', 'a version that is none', { version: '1' }],
  ['version', 'a version unlike the package’s', { version: '99.0.0' }],
];
