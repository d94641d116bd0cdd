import { describe, expect, test } from '@jest/globals';
import { languageOf, zoneOf } from '../../src/web/reader.ts';

type Asked = Parameters<typeof languageOf>[0];

/** A request as far as a reader is known by it. */
const asked = (
  headers: Record<string, string>,
  cookies: Record<string, string> = {},
  workspace: { language: string } | null = null,
) => ({ headers, cookies, workspace }) as unknown as Asked;

describe('the language', () => {
  test.each([
    [undefined, 'en'],
    ['', 'en'],
    ['pl', 'pl'],
    ['pl-PL,pl;q=0.9,en-US;q=0.8,en;q=0.7', 'pl'],
    ['PL', 'pl'],
    ['en-GB,en;q=0.9,pl;q=0.8', 'en'],
    ['en;q=0.5, pl;q=0.6', 'pl'],
    ['de-DE,de;q=0.9,pl;q=0.3', 'pl'],
    ['de, fr', 'en'],
    ['*', 'en'],
    ['pl;q=0, en', 'en'],
    ['pl;q=0', 'en'],
    ['pl;q=nonsense, en;q=0.1', 'en'],
    [`${'x,'.repeat(5000)}pl`, 'pl'],
  ])('of Accept-Language %j is %s', (header, language) => {
    expect(languageOf(asked(header === undefined ? {} : { 'accept-language': header }))).toBe(
      language,
    );
  });

  test('that was chosen wins; nonsense in its place counts for nothing', () => {
    const polish = { 'accept-language': 'pl' };
    expect(languageOf(asked(polish, { language: 'en' }))).toBe('en');
    for (const language of ['', 'de', 'EN', '__proto__', 'constructor', '<b>']) {
      expect(languageOf(asked(polish, { language }))).toBe('pl');
    }
  });

  test('of whoever is signed in wins over the browser’s, and one chosen in the browser over theirs', () => {
    const english = { 'accept-language': 'en' };
    const owner = { language: 'pl' };
    expect(languageOf(asked(english, {}, owner))).toBe('pl');
    expect(languageOf(asked(english, { language: 'de' }, owner))).toBe('pl');
    expect(languageOf(asked(english, { language: 'en' }, owner))).toBe('en');
  });
});

describe('the time zone', () => {
  test('is the one that the browser has told', () => {
    expect(zoneOf(asked({}, { zone: 'Europe/Warsaw' }))).toBe('Europe/Warsaw');
  });

  test.each(['', 'Mars/Olympus', '../../etc/passwd', '"><script>', '\0', 'x'.repeat(4000)])(
    'is UTC where it has told %j',
    (zone) => {
      expect(zoneOf(asked({}, { zone }))).toBe('UTC');
      expect(zoneOf(asked({}))).toBe('UTC');
    },
  );
});
