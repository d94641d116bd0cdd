import { describe, expect, test } from '@jest/globals';
import { disabledEmail } from '../../src/core/disabled-email.ts';
import { type InEach, LANGUAGES, type Language } from '../../src/core/language.ts';
import type { SwitchOff } from '../../src/store/rows.ts';
import { anEmail } from '../support/messages.ts';

const site = { publicUrl: 'https://pakiet.example', productName: 'Pakiet' };
const workspace = {
  name: 'Acme',
  ownerName: 'Olga',
  ownerEmail: 'olga@acme.example',
  language: 'en' as const,
};

function mailOf(
  given: Partial<SwitchOff> = {},
  { retentionDays = 30, language = 'en' as Language } = {},
) {
  const { facts, ...email } = anEmail({ webhookId: 7 });
  const spoken = { ...workspace, language };
  return disabledEmail({ ...email, facts: { ...facts, ...given } }, spoken, site, retentionDays);
}
const visible = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

test.each([
  ['en', 'Pakiet: webhook “CRM” was switched off after 11 errors in a row'],
  ['pl', 'Pakiet: webhook „CRM” został wyłączony po 11 błędach z rzędu'],
] as const)('the subject says what happened to which webhook (%s)', (language, subject) => {
  expect(mailOf({}, { language }).subject).toBe(subject);
});

const NEEDED = {
  en: [
    'Hello Olga,',
    'your webhook “CRM”, since 11 deliveries in a row have failed',
    'receiver.example',
    '24 February 2021 at 16:25 UTC',
    'The receiver answered 500; only 200 is success',
    'catches up on them, in order',
    'kept for 60 days',
    'repair it',
    'Switch the webhook on again on its page',
    'Open the webhook’s page',
    'the workspace “Acme”',
  ],
  pl: [
    'Dzień dobry!',
    'Twój webhook „CRM” w usłudze Pakiet został wyłączony, ponieważ 11 kolejnych prób',
    'receiver.example',
    '24 lutego 2021 16:25 UTC',
    'Serwer docelowy odpowiedział kodem 500; tylko 200 oznacza powodzenie',
    'webhook wyśle je po kolei',
    'przechowywana przez 60 dni',
    'usuń przyczynę',
    'Włącz webhook ponownie na jego stronie',
    'Otwórz stronę webhooka',
    'obszaru roboczego „Acme”',
  ],
} satisfies InEach<string[]>;

describe.each(LANGUAGES)('in %s', (language) => {
  test.each(['text', 'html'] as const)('the %s says all that its reader needs', (kind) => {
    const mail = mailOf({}, { language });
    const body = kind === 'html' ? visible(mail.html) : mail.text;
    for (const part of NEEDED[language]) expect(body).toContain(part);
    expect(mail[kind]).toContain('https://pakiet.example/webhooks/7');
    expect(mail[kind]).not.toContain('/api/');
  });

  test('the HTML names its language', () => {
    expect(mailOf({}, { language }).html).toContain(`<html lang="${language}">`);
  });
});

test.each([
  [1, 'po 1 błędzie', '1 próba wysłania wiadomości zakończyła się'],
  [2, 'po 2 błędach', '2 kolejne próby wysłania wiadomości zakończyły się'],
  [5, 'po 5 błędach', '5 kolejnych prób wysłania wiadomości zakończyło się'],
  [12, 'po 12 błędach', '12 kolejnych prób wysłania wiadomości zakończyło się'],
  [22, 'po 22 błędach', '22 kolejne próby wysłania wiadomości zakończyły się'],
  [112, 'po 112 błędach', '112 kolejnych prób wysłania wiadomości zakończyło się'],
])('in Polish %i errors take the forms of their number', (errors, locative, nominative) => {
  const { subject, text } = mailOf({ errors }, { language: 'pl' });
  expect(subject).toContain(locative);
  expect(text).toContain(nominative);
});

test('a Zap’s owner is sent to the Zap', () => {
  const { subject, text } = mailOf({ source: 'zapier', name: '', zapId: '123456' });
  expect(subject).toContain('Pakiet: webhook of Zap 123456 was switched off');
  expect(text).toContain('your webhook of Zap 123456, since');
  expect(text).toContain('123456, as in its address in Zapier');
  expect(text).toContain('Look at the Zap in Zapier');
  expect(text).toContain('Switch the Zap off and on again');
});

test('a Zap’s owner is sent to the Zap in Polish too', () => {
  const zap = { source: 'zapier', name: '', zapId: '123456' } as const;
  const { subject, text } = mailOf(zap, { language: 'pl' });
  expect(subject).toContain('Pakiet: webhook Zapa 123456 został wyłączony');
  expect(text).toContain('123456 (numer z jego adresu w Zapierze)');
  expect(text).toContain('Zajrzyj do Zapa');
  expect(text).toContain('Wyłącz Zap i włącz go ponownie');
});

test('a webhook without a name goes by its host', () => {
  const { subject, text } = mailOf({ name: '' });
  expect(subject).toContain('webhook to receiver.example');
  expect(text).not.toContain('Webhook:');
  expect(mailOf({ name: '' }, { language: 'pl' }).subject).toContain('webhook do receiver.example');
});

test('a message that waits is kept for twice the retention', () => {
  expect(mailOf({}, { retentionDays: 1 }).text).toContain('kept for 2 days,');
});

describe('a name', () => {
  test('cannot bring markup into the HTML', () => {
    const { html } = mailOf({
      name: '<img src=x onerror=alert(1)>',
      lastError: { code: 'told', text: '<script>' },
    });
    expect(html).not.toMatch(/<img|<script/);
    expect(html).toContain('&lt;img src=x onerror=alert(1)>');
  });

  test('cannot bring in lines of its own', () => {
    const { subject, text } = mailOf({ name: 'CRM\r\nBcc: all@acme.example\u2028x\0y' });
    expect(subject).toContain('“CRM Bcc: all@acme.example x y”');
    expect(text).toContain('Webhook:         CRM Bcc: all@acme.example x y\n');
  });

  test('that is long is cut in the subject, between characters, and shown in full below', () => {
    const name = '👋'.repeat(200);
    const { subject, text } = mailOf({ name });
    expect(subject).toContain(`“${'👋'.repeat(79)}…”`);
    expect(text).toContain(name);
  });
});
