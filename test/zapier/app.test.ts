import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as core from 'zapier-platform-core';
import { authentication } from '../../src/zapier/authentication.ts';
import { app, newMessage, newMessageBatch } from './support.ts';

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

  test('offers its two triggers under their keys', () => {
    expect(app.triggers).toEqual({ new_message: newMessage, new_message_batch: newMessageBatch });
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
    for (const { label, helpText } of operation.inputFields) {
      expect(label).toMatch(TITLE_CASE);
      expect(helpText).toMatch(/\.$/);
    }
  });
});

test('New Message Batch lets the user pick 1, 6, 12 or 24 hours, a day unless they do', () => {
  const [granularity] = newMessageBatch.operation.inputFields;
  expect(granularity).toMatchObject({ key: 'granularity', required: true, default: '24' });
  expect(granularity.choices).toEqual([
    { value: '1', sample: '1', label: 'Every Hour' },
    { value: '6', sample: '6', label: 'Every 6 Hours' },
    { value: '12', sample: '12', label: 'Every 12 Hours' },
    { value: '24', sample: '24', label: 'Every 24 Hours' },
  ]);
});
