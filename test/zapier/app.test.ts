import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as core from 'zapier-platform-core';
import { MAX_BUNDLE_MESSAGES } from '../../src/core/window.ts';
import { authentication } from '../../src/zapier/authentication.ts';
import { app, chat, newMessage, newMessageBatch, whatsappAccount } from './support.ts';

const TITLE_CASE = /^[A-Z]\w*( [A-Z]\w*)*$/;
const triggers = [newMessage, newMessageBatch];

// Missing from the platform's types: what zapierwrapper.js makes the integration's entry point with.
const { createAppHandler } = core as unknown as {
  createAppHandler: (app: object) => (event: object) => Promise<{ results: unknown }>;
};

const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
};

describe('the integration', () => {
  test('passes Zapier’s schema', async () => {
    const { results } = await createAppHandler(app)({ command: 'validate' });
    expect(results).toEqual([]);
  });

  test('carries the versions of the package and of the platform it is built for', () => {
    expect(app.version).toBe(packageJson.version);
    expect(app.platformVersion).toBe(packageJson.dependencies['zapier-platform-core']);
  });

  test('offers its two triggers under their keys, and hides the two that fill dropdowns', () => {
    expect(app.triggers).toEqual({
      new_message: newMessage,
      new_message_batch: newMessageBatch,
      whatsapp_account: whatsappAccount,
      chat,
    });
    const hidden = Object.values(app.triggers).filter(({ display }) => 'hidden' in display);
    expect(hidden.map(({ key }) => key)).toEqual(['whatsapp_account', 'chat']);
  });

  test('keeps the API key out of sight and out of the connection label', () => {
    const { fields, connectionLabel } = authentication;
    expect(app.authentication).toBe(authentication);
    expect(fields.map(({ key, type }) => [key, type])).toEqual([
      ['baseUrl', 'string'],
      ['apiKey', 'password'],
    ]);
    expect(connectionLabel).not.toMatch(/apiKey|authData|pakiet/i);
  });
});

describe.each(triggers)('$key', ({ key, noun, display, operation }) => {
  test('is a REST hook with all it needs to be published', () => {
    expect(operation).toMatchObject({
      type: 'hook',
      performSubscribe: expect.any(Function),
      performUnsubscribe: expect.any(Function),
      perform: expect.any(Function),
      performList: expect.any(Function),
      sample: expect.objectContaining({ id: expect.any(String) }),
    });
  });

  test('is named and described as Zapier wants it', () => {
    expect(key).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(noun).toMatch(TITLE_CASE);
    expect(display.label).toBe(`New ${noun}`);
    expect(display.description).toMatch(/^Triggers when [^.]+\.$/);
    expect(display.description).not.toMatch(/pakiet/i);
  });

  test('labels its input fields in title case', () => {
    for (const field of operation.inputFields) {
      if ('label' in field) expect(field.label).toMatch(TITLE_CASE);
      else expect(field.type).toBe('copy');
      expect(field.helpText).toMatch(/\.$/);
    }
  });
});

test('New Message Batch lets the user pick 1, 6, 12 or 24 hours, a day unless they do', () => {
  const [, granularity] = newMessageBatch.operation.inputFields;
  expect(granularity).toMatchObject({ key: 'granularity', required: true, default: '24' });
  expect(granularity.choices).toEqual([
    { value: '1', sample: '1', label: 'Every Hour' },
    { value: '6', sample: '6', label: 'Every 6 Hours' },
    { value: '12', sample: '12', label: 'Every 12 Hours' },
    { value: '24', sample: '24', label: 'Every 24 Hours' },
  ]);
});

describe.each(triggers)('the filters of $key', ({ key, operation }) => {
  const field = (name: string) => operation.inputFields.find((one) => one.key === name);

  test('are the last five fields, all of them optional', () => {
    const filters = operation.inputFields.slice(-5);
    expect(filters.map((one) => one.key)).toEqual([
      'whatsapp_accounts',
      'direction',
      'chat_type',
      'chat_search',
      'chat',
    ]);
    for (const filter of filters) expect(filter).toMatchObject({ required: false });
  });

  test('let the user pick several accounts and one chat from lists of the server', () => {
    expect(field('whatsapp_accounts')).toMatchObject({
      list: true,
      dynamic: 'whatsapp_account.id.label',
    });
    expect(field('chat')).toMatchObject({ dynamic: 'chat.id.label' });
    expect(field('chat')).not.toHaveProperty('list');
  });

  test('preset a direction that keeps a Zap that replies from running on its own replies', () => {
    const isSingle = key === 'new_message';
    expect(field('direction')).toMatchObject({ default: isSingle ? 'received' : 'both' });
    expect(field('direction')?.helpText).toMatch(isSingle ? /by its own reply/ : /whole conv/);
  });
});

describe.each(triggers)('the first field of $key', ({ key, operation }) => {
  const [note, ...others] = operation.inputFields;

  test('is a note that says, with a number, what the trigger costs', () => {
    expect(note).toEqual({ key: 'cost', type: 'copy', helpText: expect.any(String) });
    const said =
      key === 'new_message'
        ? ['every message runs this Zap', '100 messages a day', '200 tasks', 'New Message Batch']
        : ['at most once per period', '20 chats a day', 'at most 40 tasks'];
    for (const text of said) expect(note.helpText).toContain(text);
    if (key === 'new_message_batch') {
      const most = MAX_BUNDLE_MESSAGES.toLocaleString('en');
      expect(note.helpText).toContain(`more than ${most} messages`);
    }
  });

  test('says it alone', () => {
    for (const { helpText } of others) expect(helpText).not.toMatch(/\b(tasks?|costs?)\b/i);
  });
});

test('Zapier’s schema refuses help texts on output fields', async () => {
  const { outputFields } = newMessage.operation;
  const operation = {
    ...newMessage.operation,
    outputFields: [{ ...outputFields[0], helpText: 'The text.' }],
  };
  const broken = {
    ...app,
    triggers: { ...app.triggers, new_message: { ...newMessage, operation } },
  };
  const { results } = await createAppHandler(broken)({ command: 'validate' });
  expect(JSON.stringify(results)).toContain('helpText');
});
