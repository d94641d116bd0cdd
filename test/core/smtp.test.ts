import { afterEach, describe, expect, test } from '@jest/globals';
import { describeSmtpError, type Mail, type SmtpSettings, smtpPost } from '../../src/core/smtp.ts';
import { MailServer } from '../support/mail-server.ts';

const PASSWORD = 'PASSWORD-THAT-NO-LOG-MAY-HOLD';
const never = new AbortController().signal;

let server: MailServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

const aMail = (given: Partial<Mail> = {}): Mail => ({
  messageId: '<1@pakiet.invalid>',
  from: { name: 'Pakiet' },
  to: { name: 'Olga', address: 'olga@acme.example' },
  subject: 'Łódź “off”',
  text: 'text\n',
  html: '<p>html</p>',
  ...given,
});

const settings = (given: Partial<SmtpSettings> = {}): SmtpSettings => ({
  host: '127.0.0.1',
  port: server?.port ?? 1,
  secure: false,
  credentials: null,
  from: 'pakiet@acme.example',
  ...given,
});

/** What the log says of a failure; fails where there is none. */
const failure = (given: Partial<SmtpSettings>, signal = never) =>
  smtpPost(settings(given))(aMail(), signal).then(() => {
    throw new Error('It was accepted');
  }, describeSmtpError);

describe('an e-mail over SMTP', () => {
  test('arrives with sender, recipient, Message-ID and both bodies', async () => {
    server = await MailServer.start();
    await smtpPost(settings())(aMail(), never);
    const [mail] = await server.waitFor(1);
    expect(mail).toMatchObject({ from: 'pakiet@acme.example', to: ['olga@acme.example'] });
    const { headers, parts } = mail as NonNullable<typeof mail>;
    expect(headers.get('message-id')).toBe('<1@pakiet.invalid>');
    expect(headers.get('from')).toBe('Pakiet <pakiet@acme.example>');
    expect(headers.get('to')).toBe('Olga <olga@acme.example>');
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(parts.get('text/plain')?.trim()).toBe('text');
    expect(parts.get('text/html')?.trim()).toBe('<p>html</p>');
  });

  test('has no header but its own, whatever stands in names', async () => {
    server = await MailServer.start();
    const evil = 'x\r\nBcc: all@acme.example\r\n\r\nbody\nX-Evil: 1';
    const to = { name: `"<${evil}>,`, address: 'olga@acme.example' };
    await smtpPost(settings())(aMail({ subject: evil, to, from: { name: evil } }), never);
    const [mail] = await server.waitFor(1);
    expect(mail?.to).toEqual(['olga@acme.example']);
    expect([...(mail?.headers.keys() ?? [])].sort()).toEqual([
      'auto-submitted',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ]);
  });

  test('is handed in by who the settings say', async () => {
    const seen: unknown[] = [];
    server = await MailServer.start(0, {
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => {
        seen.push([username, password]);
        done(null, { user: username });
      },
    });
    await smtpPost(settings({ credentials: { user: 'olga@x', password: PASSWORD } }))(
      aMail(),
      never,
    );
    expect(seen).toEqual([['olga@x', PASSWORD]]);
    expect(server.mails).toHaveLength(1);
  });
});

describe('a failure is told in words, without secrets:', () => {
  test('nobody listens', async () => {
    expect(await failure({ port: 1 })).toMatch(/^ESOCKET: connect ECONNREFUSED 127\.0\.0\.1:1$/);
  });

  test('the password is wrong, and the server repeats it', async () => {
    server = await MailServer.start(0, {
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) => done(new Error(`no such password: ${password}`)),
    });
    const said = await failure({ credentials: { user: 'olga', password: PASSWORD } });
    expect(said).toBe('the server answered 535 to AUTH PLAIN');
  });

  test('the e-mail is refused, and the server repeats it', async () => {
    server = await MailServer.start();
    server.beforeAccepting = async ({ raw }) => {
      throw Object.assign(new Error(`spam: ${raw.replace(/\s+/g, ' ')}`), { responseCode: 554 });
    };
    expect(await failure({})).toBe('the server answered 554 to DATA');
  });

  test('a password for another machine does not go over the wire in the clear', async () => {
    const host = '127.0.0.2';
    let asked = false;
    server = await MailServer.start(0, {
      host,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => {
        asked = true;
        done(null, { user: 'olga' });
      },
    });
    const credentials = { user: 'olga', password: PASSWORD };
    expect(await failure({ host, credentials })).toMatch(/STARTTLS/);
    expect(asked).toBe(false);
  });

  test('nobody answers, and the one who asked gives up', async () => {
    server = await MailServer.start();
    const asked = new AbortController();
    server.beforeAccepting = async () => {
      asked.abort();
      await new Promise(() => {});
    };
    expect(await failure({}, asked.signal)).toMatch(/^EABORT/);
  });
});
