import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { databasePath } from '../../src/store/sqlite/data-folder.ts';
import { BrowserLike, linkOf } from '../support/browser-like.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { exchange } from '../support/raw-http.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOUR = 3_600_000;
const SECRETS = {
  text: 'TEXT-THAT-NO-LOG-MAY-HOLD',
  name: 'NAME-THAT-NO-LOG-MAY-HOLD',
  answer: 'ANSWER-THAT-NO-LOG-MAY-HOLD',
  token: 'TOKEN-IN-THE-URL-THAT-NO-LOG-MAY-HOLD',
  password: 'PASSWORD-IN-THE-URL-THAT-NO-LOG-MAY-HOLD',
  phone: '972541234567',
  account: '972557654321',
  ownersPassword: 'PASSWORD-OF-THE-OWNER-THAT-NO-LOG-MAY-HOLD',
  email: 'nobody.may.log@a.example',
};
const QUERY = `?token=${SECRETS.token}`;

let server: ServerProcess;
let receiver: HttpReceiver;
const webhookSecrets: string[] = [];
/** What lets a browser in. */
const cookies: string[] = [];
let link: string;

/** A run with everything that could leave a trace: what works, what fails, what is nonsense. */
beforeAll(async () => {
  receiver = await HttpReceiver.start();
  const folder = tempFolder();
  server = await ServerProcess.start(folder, { LOG_LEVEL: 'trace' });
  const hook = async (target_url: string, granularity_hours: number) => {
    const { body } = await server.call('POST', '/webhooks', { target_url, granularity_hours });
    webhookSecrets.push(body.secret);
    return body;
  };
  const good = await hook(receiver.url(`/good${QUERY}`), 0);
  await hook(receiver.url(`/bundle${QUERY}`), 1);
  const bad = await hook(receiver.url(`/bad${QUERY}`), 0);
  receiver.statuses.set(`/bad${QUERY}`, 500);
  receiver.bodies.set(`/bad${QUERY}`, SECRETS.answer);
  for (const url of [
    `http://127.0.0.1:1/${QUERY}`,
    `http://user:${SECRETS.password}@127.0.0.1:1/`,
    `http://10.0.0.1/${QUERY}`,
    `http://[::1${QUERY}`,
  ]) {
    const { body } = await server.call('POST', '/webhooks', {
      target_url: url,
      granularity_hours: 0,
    });
    if (body.secret) webhookSecrets.push(body.secret);
  }
  const person = { full_name: SECRETS.name, phone: `+${SECRETS.phone}` };
  const message = inboundInput({
    account: `+${SECRETS.account}`,
    chat: { id: SECRETS.name, ...person },
    message: { text: SECRETS.text, sender: person },
  });
  await server.call('POST', '/messages', message);
  await server.call('POST', '/messages', {
    messages: [{ ...message, [SECRETS.name]: 1 }, message],
  });
  await server.call('POST', '/messages', SECRETS.text);
  await server.call('POST', `/webhooks/${good.id}/test`);
  await server.call('GET', `/chats?search=${SECRETS.name}&${SECRETS.token}=1`);
  await server.call('GET', `/${SECRETS.token}`);
  const names = { full_name: SECRETS.name, email: SECRETS.email };
  await server.call('PUT', `/whatsapp-accounts/+${SECRETS.account}`, names);
  await server.call('PATCH', '/me', { owner: names });
  await server.call('GET', '/me', undefined, `${API_KEY}-wrong`);
  await useThePages();
  await exchange(server.url, `${SECRETS.text} ${API_KEY} nonsense\r\n\r\n`);
  await refuseForWantOfTheStore(folder, message);
  for (let errors = 1; errors <= 11; errors += 1) {
    await receiver.waitFor(`/bad${QUERY}`, errors);
    await server.until(`/webhooks/${bad.id}`, (one) => one.consecutive_errors === errors);
    await server.advance(10 * HOUR);
  }
  await receiver.waitFor(`/bundle${QUERY}`, 1);
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
});

/** Everything that the owner does with a secret; what is sent by mistake; what is refused. */
async function useThePages(): Promise<void> {
  link = await linkOf(server);
  const password = SECRETS.ownersPassword;
  const browser = new BrowserLike(server);
  const noteCookies = () => cookies.push(...browser.cookies.values());
  const owner = { ownerName: SECRETS.name, ownerEmail: SECRETS.email, password };
  expect((await browser.useLink(link, owner)).status).toBe(303);
  noteCookies();
  await browser.useLink(link, owner);
  await browser.get(`/nowhere/${link}?${SECRETS.token}`);
  await browser.post('/keys', { label: SECRETS.name });
  await browser.post('/profile/password', { current: password, next: password });
  noteCookies();
  const { cookies: kept } = browser;
  const session = kept.get('session') as string;
  kept.delete('form');
  await browser.post('/sign-out', { password });
  kept.set('session', session);
  await browser.get(`/keys?${SECRETS.token}`);
  for (const wrong of ['', '-wrong']) await browser.signIn(SECRETS.email, password + wrong);
  noteCookies();
}

/** Breaks the database for one call that reads and one that writes. */
async function refuseForWantOfTheStore(folder: string, message: object): Promise<void> {
  const intruder = new Database(databasePath(folder));
  intruder.exec('ALTER TABLE chat RENAME TO gone');
  const fresh = { ...message, message: { ...Object(message).message, message_id: SECRETS.name } };
  const headers = { authorization: `Bearer ${API_KEY}`, 'x-request-id': 'the-one-that-failed' };
  const { status } = await server.call('POST', '/messages', fresh);
  const failed = await fetch(`${server.url}/api/v1/chats`, { headers });
  intruder.exec('ALTER TABLE gone RENAME TO chat');
  intruder.close();
  expect([status, failed.status]).toEqual([500, 500]);
  expect(await failed.json()).toMatchObject({
    error: { code: 'internal_error', message: expect.stringContaining('the-one-that-failed') },
  });
}

const linesWith = (text: string) => server.output.split('\n').filter((line) => line.includes(text));

describe('the log of the process, at LOG_LEVEL=trace', () => {
  test('holds no key, secret, text, name, number, address or token', async () => {
    // It did log: the switch-off and our own failure are worth a line each.
    expect(linesWith('webhook switched off after errors')).not.toEqual([]);
    const told = [API_KEY, ...webhookSecrets, ...cookies, ...Object.values(SECRETS)];
    // Shown once to whoever started the server; the log knows nothing of it.
    expect(linesWith(link)).toEqual([`  ${server.url}/welcome/${link}`]);
    expect(cookies.length).toBeGreaterThan(3);
    expect(webhookSecrets.length).toBeGreaterThan(3);
    for (const secret of told) {
      expect(secret.length).toBeGreaterThan(10);
      expect(linesWith(secret)).toEqual([]);
    }
  });

  test('says under the id of a failed request, which its answer told, what went wrong', () => {
    const lines = linesWith('the-one-that-failed').map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({
        ...{
          msg: 'failed',
          method: 'GET',
          route: '/api/v1/chats',
          requestId: 'the-one-that-failed',
        },
        err: expect.objectContaining({ message: expect.stringContaining('no such table') }),
      }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'answered', status: 500 }));
  });
});
