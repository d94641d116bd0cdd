import { describe, expect, test } from '@jest/globals';
import type { Bundle, ZObject } from 'zapier-platform-core';
import { authentication } from '../../src/zapier/authentication.ts';
import nock from './nocked.ts';
import {
  API_KEY,
  bundleWith,
  chat,
  failureOf,
  JSON_HEADERS,
  newMessage,
  newMessageBatch,
  run,
  SECRET,
  SERVER,
  TARGET_URL,
  whatsappAccount,
} from './support.ts';

const TEXT = 'Let us meet at the harbour at nine';
const NEVER_TOLD = [API_KEY, SECRET, TARGET_URL, TEXT, 'whsec_', 'hooks.zapier.com'];

/** What a server, or whatever stands in front of it, might quote in a failure. */
const message = `You sent ${API_KEY} for ${TARGET_URL} with ${SECRET}: ${TEXT}`;
const refusal = (code: string) => ({ error: { code, message } });
const page = `<!doctype html><title>Down</title><p>${message}`;
const html = { 'content-type': 'text/html' };
const oldRefusal = {
  error: { code: 'not_found', message: 'There is nothing at GET /api/v1/chats' },
};
const oldJson = { 'content-type': 'application/json' };
const inTwoMinutes = () => new Date(Date.now() + 120_000).toUTCString();

type Function = (z: ZObject, bundle: Bundle) => unknown;

const FUNCTIONS: [string, Function][] = [
  ['the authentication test', authentication.test],
  ['the list of accounts', whatsappAccount.operation.perform],
  ['the list of chats', chat.operation.perform],
  ...[newMessage, newMessageBatch].flatMap(({ key, operation }): [string, Function][] => [
    [`performSubscribe of ${key}`, operation.performSubscribe],
    [`performUnsubscribe of ${key}`, operation.performUnsubscribe],
    [`performList of ${key}`, operation.performList],
  ]),
];

const bundle = bundleWith({
  targetUrl: TARGET_URL,
  subscribeData: { id: 'wh_1', secret: SECRET, subscription: 1 },
  rawRequest: { content: TEXT },
  cleanedRequest: { text: TEXT },
  meta: { page: 0, zap: { id: '4711' } },
});

type Reply = [status: number, body: nock.Body, headers: nock.ReplyHeaders];

const ANSWERS: [string, string, () => Reply][] = [
  ['a web page', 'web_page', () => [200, page, html]],
  ['a web page that asks to sign in', 'web_page', () => [403, page, html]],
  ['nothing of ours', 'not_pakiet', () => [200, JSON.stringify(message), JSON_HEADERS]],
  ['400', 'refused_request', () => [400, refusal('invalid_request'), JSON_HEADERS]],
  ['401', 'refused_api_key', () => [401, refusal('unauthorized'), JSON_HEADERS]],
  ['403', 'refused_api_key', () => [403, refusal('forbidden'), JSON_HEADERS]],
  ['404', 'wrong_path', () => [404, refusal('not_found'), JSON_HEADERS]],
  ['404 of an old server', 'server_too_old', () => [404, oldRefusal, oldJson]],
  ['404 of a proxy', 'wrong_path', () => [404, refusal('not_found'), oldJson]],
  ['502 of a proxy, as JSON', 'server_broken', () => [502, refusal('bad_gateway'), oldJson]],
  ['an answer without end', 'not_pakiet', () => [200, 'x'.repeat(7_000_000), JSON_HEADERS]],
  ['500', 'server_broken', () => [500, refusal('internal_error'), JSON_HEADERS]],
  ['502 of a proxy', 'server_broken', () => [502, page, html]],
  ['a redirect', 'redirected', () => [302, page, { location: `https://${API_KEY}.test` }]],
];

/** Answers the next request, whatever it is. */
const answerAny = (method: 'GET' | 'POST') => nock(SERVER).intercept(/^\/api\/v1\//, method);

const methodOf = (name: string) => (/scribe/.test(name) ? 'POST' : 'GET');

/** What succeeds by design: the webhook is gone, or what the answer says is of no interest. */
const succeeds = (name: string, what: string) =>
  name.startsWith('performUnsubscribe') &&
  ['404', '404 of a proxy', 'nothing of ours'].includes(what);

function expectDiscretion(whole: string): void {
  for (const secret of NEVER_TOLD) expect(whole).not.toContain(secret);
}

describe.each(FUNCTIONS)('%s', (name, call) => {
  const failure = () => failureOf(run(call as Parameters<typeof run>[0], bundle));

  test.each(ANSWERS.filter(([what]) => !succeeds(name, what)))(
    'answered with %s fails with a sentence to act on and without a secret',
    async (_what, code, reply) => {
      answerAny(methodOf(name)).reply(...reply());
      const { sentence, whole, ...rest } = await failure();
      expect(rest).toMatchObject({ name: 'AppError', code });
      expect(sentence).toContain('pakiet.test');
      expect(sentence).toMatch(/(Check|Copy|Enter|Open|Ask|Try) .*\.$/);
      expectDiscretion(whole);
    },
  );

  test.each([
    ['ECONNREFUSED', 'server_unreachable'],
    ['ENOTFOUND', 'server_unreachable'],
    ['CERT_HAS_EXPIRED', 'untrusted_certificate'],
    ['ETIMEDOUT', 'server_slow'],
  ])('without an answer (%s) says so, without a secret', async (reason, code) => {
    answerAny(methodOf(name)).replyWithError(Object.assign(new Error(message), { code: reason }));
    const { sentence, whole, ...rest } = await failure();
    expect(rest).toMatchObject({ name: 'AppError', code });
    expect(sentence).toContain('pakiet.test');
    expect(sentence).toMatch(/(Check|Ask|Try) .*\.$/);
    expectDiscretion(whole);
  });

  test.each([
    ['in seconds', () => '120', 120],
    ['as a date', inTwoMinutes, 120],
    ['as a date that is past', () => 'Wed, 21 Oct 2015 07:28:00 GMT', 1],
    ['in no way', () => '', 60],
  ])('told to wait (429), %s, hands that on to Zapier', async (_how, retryAfter, seconds) => {
    const headers = { ...JSON_HEADERS, 'retry-after': retryAfter() };
    answerAny(methodOf(name)).reply(429, refusal('too_many_requests'), headers);
    const { sentence, whole, delay = 0, ...rest } = await failure();
    expect(rest.name).toBe('ThrottledError');
    expect(Math.abs(delay - seconds)).toBeLessThanOrEqual(2);
    expect(sentence).toMatch(/tries again by itself/);
    expectDiscretion(whole);
  });
});
