import { describe, expect, test } from '@jest/globals';
import { disabledEmail } from '../../src/core/disabled-email.ts';
import type { SwitchOff } from '../../src/store/rows.ts';
import { anEmail } from '../support/messages.ts';

const site = { publicUrl: 'https://pakiet.example', productName: 'Pakiet' };
const workspace = {
  name: 'Acme',
  ownerName: 'Olga',
  ownerEmail: 'olga@acme.example',
  language: 'en' as const,
};

function mailOf(given: Partial<SwitchOff> = {}, retentionDays = 30) {
  const { facts, ...email } = anEmail({ webhookId: 7 });
  return disabledEmail({ ...email, facts: { ...facts, ...given } }, workspace, site, retentionDays);
}
const visible = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

test('the subject says what happened to which webhook', () => {
  expect(mailOf().subject).toBe('Pakiet: webhook “CRM” was switched off after 11 errors in a row');
});

test.each(['text', 'html'] as const)('the %s says all that its reader needs', (kind) => {
  const mail = mailOf();
  const body = kind === 'html' ? visible(mail.html) : mail.text;
  for (const part of [
    'Hello Olga,',
    'your webhook “CRM”, since 11 deliveries in a row have failed',
    'receiver.example',
    '24 February 2021 at 16:25 UTC',
    'The receiver answered 500; only 200 is success',
    'catches up on them, in order',
    'kept for 60 days',
    'repair it',
    'POST https://pakiet.example/api/v1/webhooks/7/enable with {"from": "where_it_stopped"}',
    'the workspace “Acme”',
  ]) {
    expect(body).toContain(part);
  }
  expect(kind === 'html' ? mail.html : mail.text).toContain('https://pakiet.example/');
});

test('a Zap’s owner is sent to the Zap', () => {
  const { subject, text } = mailOf({ source: 'zapier', name: '', zapId: '123456' });
  expect(subject).toContain('Pakiet: webhook of Zap 123456 was switched off');
  expect(text).toContain('your webhook of Zap 123456, since');
  expect(text).toContain('123456, as in its address in Zapier');
  expect(text).toContain('Look at the Zap in Zapier');
  expect(text).toContain('Switch the Zap off and on again');
  expect(text).not.toContain('POST');
});

test('a webhook without a name goes by its host', () => {
  const { subject, text } = mailOf({ name: '' });
  expect(subject).toContain('webhook to receiver.example');
  expect(text).not.toContain('Webhook:');
});

test('a message that waits is kept for twice the retention', () => {
  expect(mailOf({}, 1).text).toContain('kept for 2 days,');
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
