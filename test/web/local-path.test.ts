import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { localPath } from '../../src/web/paths.ts';

const at = (publicUrl: string) => ({ site: { publicUrl, productName: 'Pakiet' } });
const ROOT = at('https://pakiet.example');
const BELOW = at('https://acme.example/pakiet');

/** What tries to lead to another site, by all the ways that have worked somewhere. */
const TRICKS = [
  '//evil.example',
  '///evil.example',
  '////evil.example/x',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\\/evil.example',
  'https://evil.example',
  'https:evil.example',
  'http:/evil.example',
  'HTTPS://evil.example/keys',
  'javascript:alert(1)',
  'data:text/html,x',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/x/..//evil.example',
  '/./\\evil.example',
  '/pakiet//evil.example',
  '/pakiet/\\evil.example',
  '/pakiet/..//evil.example',
  '//evil.example/pakiet/',
  '/%2fevil.example',
  '/%5cevil.example',
  '/%2f%2fevil.example',
  '//evil.example@here.invalid',
  '//here.invalid.evil.example',
  '/keys\r\nlocation: https://evil.example',
  '/keys\0',
  '',
];

describe.each([
  ['', ROOT],
  ['/pakiet', BELOW],
])('where the pages are under %j', (base, context) => {
  const isOurs = (given: unknown) => {
    const path = localPath(context, given);
    const led = new URL(base + path, context.site.publicUrl);
    expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
    expect(led.origin).toBe(new URL(context.site.publicUrl).origin);
    expect(led.href).toContain(`${base}/`);
  };

  test.each(TRICKS)('%j leads to none but our own pages', isOurs);

  test('neither does any other text', () => {
    const parts = [
      '/',
      '\\',
      '//',
      'evil.example',
      ':',
      '@',
      '%2f',
      '..',
      '.',
      '\t',
      '?',
      '#',
      'ł',
    ];
    const text = fc.array(fc.oneof(fc.constantFrom(...parts), fc.string()), { maxLength: 8 });
    fc.assert(fc.property(text, (pieces) => isOurs(`/${pieces.join('')}`)));
    fc.assert(fc.property(fc.anything(), isOurs));
  });

  test.each([
    ['/keys', '/keys'],
    ['/chat/12/messages/?from=20#m-1', '/chat/12/messages/?from=20#m-1'],
    ['/chats?q=%C5%82&x=//y', '/chats?q=%C5%82&x=//y'],
    ['/chats?q=ł', '/chats?q=%C5%82'],
  ])('%s leads to %s', (given, path) => {
    expect(localPath(context, given)).toBe(path);
  });
});

test('a path that names where a proxy serves us leads to the page below', () => {
  expect(localPath(BELOW, '/pakiet/keys')).toBe('/keys');
  expect(localPath(BELOW, '/pakietowo')).toBe('/pakietowo');
});
