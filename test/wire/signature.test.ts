import { describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { hasValidSignature, sign } from '../../src/wire/signature.ts';

// The vector of the Standard Webhooks specification.
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const at = 1_614_265_330_000;
const body = '{"test": 2432232314}';
const signed = sign(secret, id, at, body);

describe('signing', () => {
  test('gives what the known vector of Standard Webhooks says', () => {
    expect(signed).toEqual({
      'webhook-id': id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('cuts the fraction of a second, in the header and in what is signed', () => {
    expect(sign(secret, id, at + 999, body)).toEqual(signed);
  });

  test('is accepted by the verifier of the standardwebhooks package, emoji included', () => {
    const text = JSON.stringify({ text: 'Zażółć 👩‍🚀' });
    const headers = sign(secret, id, Date.now(), text);
    expect(new Webhook(secret).verify(text, { ...headers })).toEqual(JSON.parse(text));
  });
});

describe('verifying', () => {
  const other = `whsec_${Buffer.from('another secret').toString('base64')}`;
  const signature = signed['webhook-signature'];

  test.each([
    ['what was signed', secret, signed, body, true],
    [
      'one good signature among several',
      secret,
      { ...signed, 'webhook-signature': `v1a,abc v1,${'A'.repeat(43)}= ${signature}` },
      body,
      true,
    ],
    ['an altered body', secret, signed, `${body} `, false],
    ['an altered id', secret, { ...signed, 'webhook-id': 'msg_other' }, body, false],
    ['an altered time', secret, { ...signed, 'webhook-timestamp': '1614265331' }, body, false],
    ['another secret', other, signed, body, false],
    ['no signature', secret, { ...signed, 'webhook-signature': '' }, body, false],
    ['a time that is none', secret, { ...signed, 'webhook-timestamp': 'soon' }, body, false],
    ['a time beyond all time', secret, { ...signed, 'webhook-timestamp': '1e300' }, body, false],
    ['no headers at all', secret, {}, body, false],
  ])('%s', (_what, key, headers, text, valid) => {
    expect(hasValidSignature(key, headers, text)).toBe(valid);
  });

  test('does not mind the age: a Zap may run years later', () => {
    expect(hasValidSignature(secret, sign(secret, id, 0, body), body)).toBe(true);
  });
});
