import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { MailServer } from '../support/mail-server.ts';
import { inboundInput } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOUR = 3_600_000;
const OWNER = 'olga@acme.example';

let folder: string;
let receiver: HttpReceiver;
let server: ServerProcess;
let mails: MailServer;

beforeEach(async () => {
  folder = tempFolder();
  [receiver, mails] = await Promise.all([HttpReceiver.start(), MailServer.start()]);
});

afterEach(async () => {
  await server.stop();
  await Promise.all([receiver.stop(), mails.stop()]);
});

async function start(SMTP_URL = mails.url, env: Record<string, string> = {}): Promise<void> {
  server = await ServerProcess.start(folder, {
    PAKIET_OWNER_NAME: 'Olga',
    PAKIET_OWNER_EMAIL: OWNER,
    SMTP_URL,
    ...(SMTP_URL && { PAKIET_MAIL_FROM: 'pakiet@acme.example' }),
    ...env,
  });
}

/** Makes a webhook whose receiver fails 11 times; answers its id once it is switched off. */
async function switchedOff(name: string): Promise<string> {
  const path = `/${name}?TOKEN-OF-THE-URL`;
  receiver.statuses.set(path, 500);
  const target_url = receiver.url(path);
  const webhook = { name, target_url, granularity_hours: 0 };
  const { id } = (await server.call('POST', '/webhooks', webhook)).body;
  await server.call('POST', '/messages', inboundInput({ chat: { id: `${name}@c.us` } }));
  for (let errors = 1; errors <= 10; errors += 1) {
    await server.until(`/webhooks/${id}`, (one) => one.consecutive_errors === errors);
    await server.advance(10 * HOUR);
  }
  await server.until(`/webhooks/${id}`, (one) => !one.enabled);
  return id;
}

/** The mail server goes down; what is answered brings it up again, in the same place. */
async function takeDown(): Promise<() => Promise<void>> {
  const { port } = mails;
  await mails.stop();
  return async () => {
    mails = await MailServer.start(port);
  };
}

/** Moves the clock on, which makes the mailer try; resolves when it has failed once more. */
async function failAgain(ms: number): Promise<void> {
  const from = server.output.length;
  await server.advance(ms);
  await server.printed(/sending an e-mail failed/, from);
}

const subjects = () => mails.mails.map(({ headers }) => headers.get('subject'));
const about = (name: string) =>
  `Pakiet: webhook “${name}” was switched off after 11 errors in a row`;

describe('a webhook that errors have switched off', () => {
  test('brings its owner one e-mail, which leads to its page and holds no token', async () => {
    await start();
    const id = await switchedOff('first');
    const [mail] = await mails.waitFor(1);
    expect(mail).toMatchObject({ from: 'pakiet@acme.example', to: [OWNER] });
    const text = mail?.parts.get('text/plain') as string;
    expect(text).toContain('11 deliveries in a row have failed');
    expect(mail?.raw).not.toContain('TOKEN-OF');

    expect(text).toContain(`Open the webhook’s page: ${server.url}/webhooks/${id}`);

    // Had there been another about the first, it would have come before that about the second.
    await switchedOff('second');
    await mails.waitFor(2);
    expect(subjects()).toEqual([about('first'), about('second')]);
    await server.stop();
    await start();
    await switchedOff('third');
    await mails.waitFor(3);
    expect(subjects()).toEqual([about('first'), about('second'), about('third')]);
  });

  test('is told of again after a crash between acceptance and mark, under the same Message-ID', async () => {
    await start();
    mails.beforeAccepting = async () => {
      mails.beforeAccepting = async () => {};
      await server.stop('SIGKILL');
    };
    const dying = switchedOff('first').catch(() => {});
    await mails.waitFor(1);
    await dying;
    await start();
    const [first, second] = await mails.waitFor(2);
    expect(second?.headers.get('message-id')).toBe(first?.headers.get('message-id'));
    expect(second?.parts.get('text/html')).toContain('first');
    await switchedOff('next');
    await mails.waitFor(3);
    expect(subjects()).toEqual([about('first'), about('first'), about('next')]);
  });
});

describe('while the mail server is down', () => {
  test('an e-mail is kept for hours, and goes out once it is up', async () => {
    await start();
    const bringUp = await takeDown();
    await switchedOff('first');
    await server.printed(/sending an e-mail failed/);
    for (let hours = 1; hours <= 5; hours += 1) await failAgain(4 * HOUR);
    await bringUp();
    await server.advance(4 * HOUR);
    await mails.waitFor(1);
    expect(subjects()).toEqual([about('first')]);
  });

  test('it is given up after 3 days', async () => {
    await start();
    const bringUp = await takeDown();
    await switchedOff('first');
    await server.printed(/sending an e-mail failed/);
    await failAgain(71 * HOUR);
    await server.advance(4 * HOUR);
    await server.printed(/given up/);
    await bringUp();
    await switchedOff('second');
    await mails.waitFor(1);
    expect(subjects()).toEqual([about('second')]);
  });

  test('it is dropped when its webhook is enabled', async () => {
    await start();
    const bringUp = await takeDown();
    const id = await switchedOff('first');
    await server.printed(/sending an e-mail failed/);
    receiver.statuses.clear();
    await server.call('PATCH', `/webhooks/${id}`, { enabled: true });
    await bringUp();
    await server.advance(HOUR);
    await switchedOff('second');
    await mails.waitFor(1);
    expect(subjects()).toEqual([about('second')]);
  });

  test('the log says why, without password, address or name', async () => {
    await mails.stop();
    mails = await MailServer.start(0, {
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) => done(new Error(`wrong: ${password}`)),
    });
    await start(mails.url.replace('//', '//mailuser:PASS%3AWORD-OF-SMTP@'), { LOG_LEVEL: 'trace' });
    await switchedOff('NAME-OF-THE-WEBHOOK');
    await server.printed(/sending an e-mail failed/);
    expect(server.output).toContain('the server answered 535 to AUTH PLAIN');
    for (const secret of ['WORD-OF-SMTP', 'mailuser', OWNER, 'NAME-OF-THE-WEBHOOK', 'TOKEN-OF']) {
      expect(server.output).not.toContain(secret);
    }
  });
});

describe('a start', () => {
  const NOT_SET =
    /^No e-mail is sent when errors switch a webhook off(.*): set SMTP_URL and PAKIET_MAIL_FROM\.$/m;

  test('without SMTP says so, and how many wait; they go out once there is SMTP', async () => {
    await start('');
    expect((await server.printed(NOT_SET))[1]).toBe('');
    await switchedOff('first');
    await server.stop();
    await start('');
    expect((await server.printed(NOT_SET))[1]).toBe(' (1 e-mail waits unsent)');
    await server.stop();
    await start();
    await mails.waitFor(1);
    expect(subjects()).toEqual([about('first')]);
    expect(server.output).not.toMatch(NOT_SET);
  });

  test('without the owner’s address says so; the e-mail goes out once it is known', async () => {
    await start(mails.url, { PAKIET_OWNER_EMAIL: '' });
    await server.printed(/^The owner of “My workspace” has no e-mail address [^(]*: set it/m);
    await switchedOff('first');
    await server.stop();
    await start();
    await server.printed(
      /^The owner of “My workspace” has no e-mail address .* \(1 e-mail waits unsent\): set it with PATCH \/api\/v1\/me\.$/m,
    );
    await server.call('PATCH', '/me', { owner: { email: OWNER } });
    await server.advance(HOUR);
    await mails.waitFor(1);
    expect(subjects()).toEqual([about('first')]);
  });
});
