import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ERRORS_TOLERATED, pauseAfter } from '../../src/core/health.ts';
import { MAX_BUNDLE_MESSAGES } from '../../src/core/window.ts';
import { bundlePayloadSchema, singlePayloadSchema } from '../../src/wire/payload.ts';
import { bundleSample, singleSample } from '../../src/wire/samples.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');

const blocks = (language: string): string[] =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, text]) =>
    name === language ? [text as string] : [],
  );

/** The schema's fields as rows of a table, nested ones with their path. */
function rows({ properties = {} }: z.core.JSONSchema.BaseSchema, path = ''): string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const schema = field as z.core.JSONSchema.BaseSchema;
    return [`| \`${path}${name}\` | ${schema.description} |`, ...rows(schema, `${path}${name}.`)];
  });
}

const HOUR = 3600;

function readable(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds} s`;
  return seconds < HOUR ? `${seconds / 60} min` : `${seconds / HOUR} h`;
}

describe('docs/webhooks.md', () => {
  test('shows the canonical samples of both payloads', () => {
    expect(blocks('json').map((text) => JSON.parse(text))).toEqual([singleSample, bundleSample]);
  });

  test('describes every field of the wire, as its schema does, and no other', () => {
    const single = rows(z.toJSONSchema(singlePayloadSchema));
    const bundle = rows(z.toJSONSchema(bundlePayloadSchema));
    const described = page.match(/^\| `[a-z_.]+` \|.*$/gm);
    expect(described).toEqual([...single, ...bundle.filter((row) => !single.includes(row))]);
  });

  test('tells the pauses and the switch-off as they are', () => {
    const row = /^\| next attempt after \|(.*)\|$/m.exec(page)?.[1]?.split('|');
    const pauses = Array.from({ length: ERRORS_TOLERATED }, (_, i) => pauseAfter(i + 1, null, 0.5));
    expect(row?.map((cell) => cell.trim())).toEqual([...pauses.map(readable), 'switched off']);
    expect(page).toContain(`The ${ERRORS_TOLERATED + 1}th error in a row`);
    const sum = pauses.reduce((all, pause) => all + pause, 0);
    expect(page).toContain(`after about ${Math.round(sum / 1000 / HOUR)} hours`);
  });

  test('tells the size of a bundle as it is', () => {
    expect(page).toContain(`at most ${MAX_BUNDLE_MESSAGES.toLocaleString('en')} messages`);
  });

  test('links only to headings that it has', () => {
    const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading.toLowerCase().replaceAll(' ', '-'),
    );
    const links = [...page.matchAll(/\]\(#(.*?)\)/g)].map(([, anchor]) => anchor);
    expect(anchors).toEqual(expect.arrayContaining(links));
  });
});

describe('the commands of docs/webhooks.md', () => {
  let receiver: HttpReceiver;
  let server: ServerProcess;

  beforeAll(async () => {
    receiver = await HttpReceiver.start();
    server = await ServerProcess.start(tempFolder());
  });

  afterAll(async () => {
    await receiver.stop();
    await server.stop();
  });

  test('make a webhook, have a test, a message and a bundle delivered, read the log', async () => {
    const commands = blocks('sh')
      .join('')
      .match(/curl (.*\\\n)*(.*'\{\n(.*\n)*?.*'$|.*$)/gm) as string[];
    const answers: { status: number; body: unknown }[] = [];
    for (const command of commands) {
      const path = /127\.0\.0\.1:8080\/api\/v1(\S+)/.exec(command)?.[1] as string;
      const given = /-d '([\s\S]*)'/.exec(command)?.[1];
      const method = /-X (\w+)/.exec(command)?.[1] ?? (given ? 'POST' : 'GET');
      const body = given?.replace('http://127.0.0.1:3000/', receiver.url('/'));
      // Whoever copies them is slower than the server.
      if (method === 'PATCH') {
        await receiver.waitFor('/', 2);
        await server.until('/webhooks/1', ({ waiting }) => waiting === 0);
      }
      if (path.endsWith('/flush')) {
        await server.until('/webhooks/1', ({ next_attempt_at }) => next_attempt_at !== null);
      }
      answers.push(await server.call(method, path, body && JSON.parse(body)));
    }
    expect(answers).toMatchObject([
      { status: 201, body: { id: '1', secret: expect.stringMatching(/^whsec_/) } },
      { status: 200, body: { kind: 'test', response: { status: 200 } } },
      { status: 200, body: [{ kind: 'test' }] },
      { status: 202, body: { accepted: 1 } },
      { status: 200, body: { id: '1', granularity_hours: 24 } },
      { status: 202, body: { accepted: 1 } },
      { status: 202, body: { bundles: 1 } },
    ]);
    const [sample, message, bundle] = await receiver.waitFor('/', 3);
    expect(sample?.headers['webhook-id']).toMatch(/^msg_test_/);
    expect(JSON.parse(sample?.body as string)).toEqual(singleSample);
    expect(JSON.parse(message?.body as string).message.text).toBe(singleSample.message.text);
    const { messages } = JSON.parse(bundle?.body as string);
    expect(messages).toMatchObject([{ text: bundleSample.messages[1]?.text }]);
  });
});
