import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { variablesSchema } from '../src/server/config.ts';
import { inboundMessageSchema } from '../src/wire/inbound.ts';
import { bundleSample, singleSample } from '../src/wire/samples.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const { scripts } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { scripts: Record<string, string> };

const blocks = (language: string): string[] =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, text]) =>
    name === language ? [text as string] : [],
  );

describe('the README', () => {
  test('shows the canonical sample of a message', () => {
    expect(JSON.parse(blocks('json')[0] as string)).toEqual(singleSample);
  });

  test('shows the bundle’s own fields as the canonical sample has them', () => {
    const { messages, ...shown } = JSON.parse(blocks('json')[1] as string);
    const { messages: ofSample, whatsapp_account, chat, ...rest } = bundleSample;
    expect(shown).toEqual(rest);
    expect(messages[0].direction).toBe(ofSample[0]?.direction);
    expect(messages[0].timestamp).toBe(ofSample[0]?.timestamp);
  });

  test('hands in a message that is accepted', () => {
    const body = /\/messages[\s\S]*?-d '([\s\S]*?)'\n/.exec(readme)?.[1] as string;
    expect(inboundMessageSchema.safeParse(JSON.parse(body)).error).toBeUndefined();
  });

  test('lists every configuration variable and no other', () => {
    const listed = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    expect(listed).toEqual(Object.keys(variablesSchema.shape));
  });

  test('names only scripts that there are', () => {
    const named = [...readme.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name);
    expect(named.filter((name) => !((name as string) in scripts))).toEqual([]);
  });

  test('stays under 200 lines', () => {
    expect(readme.split('\n').length).toBeLessThan(200);
  });
});
