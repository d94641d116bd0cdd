import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseBody } from '../../src/sources/source.ts';
import { waha } from '../../src/sources/waha.ts';
import { whatsappCloud } from '../../src/sources/whatsapp-cloud.ts';

const rawBody = Buffer.from('{"event":"message","session":"default","engine":"WEBJS"}');
const other = Buffer.from('{"event":"message","session":"default","engine":"GOWS"}');

describe('WAHA’s signature', () => {
  const secrets = { hmac_key: 'my-secret-key' };
  const hex = createHmac('sha512', secrets.hmac_key).update(rawBody).digest('hex');
  const signed = { 'x-webhook-hmac': hex, 'x-webhook-hmac-algorithm': 'sha512' };
  const verdict = (headers: object, body: Uint8Array = rawBody, known: object = secrets) =>
    waha.verify({ headers: { ...headers }, rawBody: body }, known);

  test('is that of the vector in its documentation', () => {
    expect(hex).toMatch(/^208f8a55dde9e055.*76153fa89$/);
    expect(verdict(signed)).toBeNull();
    expect(verdict({ 'x-webhook-hmac': hex.toUpperCase() })).toBeNull();
  });

  test.each<[string, string, string | null]>([
    ['no signature', 'unsigned', verdict({})],
    ['two signatures', 'unsigned', verdict({ 'x-webhook-hmac': [hex, hex] })],
    [
      'another algorithm',
      'other_algorithm',
      verdict({ ...signed, 'x-webhook-hmac-algorithm': 'md5' }),
    ],
    ['another body', 'wrong_signature', verdict(signed, other)],
    ['another key', 'wrong_signature', verdict(signed, rawBody, { hmac_key: 'my-secret-kez' })],
    [
      'a piece of the signature',
      'wrong_signature',
      verdict({ 'x-webhook-hmac': hex.slice(0, 64) }),
    ],
    ['an empty signature', 'wrong_signature', verdict({ 'x-webhook-hmac': '' })],
    ['no key', 'no_secret', verdict(signed, rawBody, {})],
    ['an empty key', 'no_secret', verdict(signed, rawBody, { hmac_key: '' })],
  ])('is refused with %s: %s', (_, expected, given) => {
    expect(given).toBe(expected);
  });
});

describe('Meta’s signature', () => {
  const secrets = { app_secret: 'app-secret', verify_token: 'token' };
  const hex = createHmac('sha256', 'app-secret').update(rawBody).digest('hex');
  const signed = { 'x-hub-signature-256': `sha256=${hex}` };
  const verdict = (headers: object, body: Uint8Array = rawBody, known: object = secrets) =>
    whatsappCloud.verify({ headers: { ...headers }, rawBody: body }, known);

  test('is accepted over the raw body', () => {
    expect(verdict(signed)).toBeNull();
  });

  test.each<[string, string, string | null]>([
    ['no signature', 'unsigned', verdict({})],
    ['a bare one', 'unsigned', verdict({ 'x-hub-signature-256': hex })],
    ['the older kind', 'unsigned', verdict({ 'x-hub-signature': `sha1=${hex}` })],
    ['another body', 'wrong_signature', verdict(signed, other)],
    ['another secret', 'wrong_signature', verdict(signed, rawBody, { app_secret: 'token' })],
    ['no secret yet', 'no_secret', verdict(signed, rawBody, { verify_token: 'token' })],
    ['an empty secret', 'no_secret', verdict(signed, rawBody, { app_secret: '' })],
  ])('is refused with %s: %s', (_, expected, given) => {
    expect(given).toBe(expected);
  });
});

describe('Meta’s handshake', () => {
  const query = {
    'hub.mode': 'subscribe',
    'hub.verify_token': 'token',
    'hub.challenge': '1158201444',
  };
  const answer = (changed: object, secrets: object = { verify_token: 'token' }) => {
    const given = whatsappCloud.handshake({ ...query, ...changed }, secrets);
    return 'challenge' in given ? given.challenge : given.refusal;
  };

  test.each<[string, string, string]>([
    ['the right token', '1158201444', answer({})],
    ['another token', 'wrong_token', answer({ 'hub.verify_token': 'tokem' })],
    ['no token', 'no_handshake', answer({ 'hub.verify_token': undefined })],
    ['an empty token, and none made', 'wrong_token', answer({ 'hub.verify_token': '' }, {})],
    ['another mode', 'no_handshake', answer({ 'hub.mode': 'unsubscribe' })],
    ['two challenges', 'no_handshake', answer({ 'hub.challenge': ['1', '2'] })],
    ['a page as the challenge', 'no_handshake', answer({ 'hub.challenge': '<script>' })],
  ])('with %s answers %s', (_, expected, given) => {
    expect(given).toBe(expected);
  });
});

test('a body that is no JSON is none', () => {
  expect(parseBody(Buffer.from('{"a":"zażółć"}'))).toEqual({ a: 'zażółć' });
  expect(parseBody(Buffer.from('{"a":'))).toBeUndefined();
  expect(parseBody(Buffer.alloc(0))).toBeUndefined();
  expect(whatsappCloud.map(undefined).dropped).toEqual({ unreadable: 1 });
});
