import type { Email, SwitchOff, Workspace } from '../store/rows.ts';
import { asHtml, asText, type Content } from './email-layout.tsx';
import { errorSentence } from './error-sentence.ts';
import { countEn, countPl, type InEach } from './language.ts';
import type { Site } from './render.ts';
import { type Mail, oneLine } from './smtp.ts';

/** As much of a name fits into a subject. */
const TITLE_LENGTH = 80;

/** The e-mail to the owner of a workspace, in the owner's language: errors have switched this webhook off. */
export function disabledEmail(
  { facts, messageId, webhookId }: Pick<Email, 'facts' | 'messageId' | 'webhookId'>,
  workspace: Omit<Workspace, 'id'>,
  { productName, publicUrl }: Site,
  retentionDays: number,
): Mail {
  const { language } = workspace;
  const { errors, source, host } = facts;
  const words = WORDS[language];
  const name = oneLine(facts.name);
  const zapId = facts.zapId && oneLine(facts.zapId);
  const which = whichOf({ name, zapId, host }, words);
  const content: Content = {
    language,
    greeting: words.greeting(oneLine(workspace.ownerName)),
    opening: words.opening(productName, which, errors),
    facts: [
      ...(name ? [{ label: words.webhook, value: name }] : []),
      ...(zapId ? [{ label: words.zap, value: words.zapNumber(zapId) }] : []),
      { label: words.receiver, value: host },
      { label: words.switchedOff, value: `${words.date.format(facts.at)} UTC` },
      { label: words.errorsInARow, value: String(errors) },
      { label: words.lastError, value: oneLine(errorSentence(facts.lastError, language)) },
    ],
    meanwhile: words.meanwhile(2 * retentionDays),
    steps: words.steps[source],
    link: { href: `${publicUrl}/webhooks/${webhookId}`, label: words.link },
    ending: words.ending(oneLine(workspace.name)),
  };
  return {
    messageId,
    from: { name: productName },
    to: { name: workspace.ownerName, address: workspace.ownerEmail },
    subject: words.subject(productName, which, errors),
    text: asText(content),
    html: asHtml(content),
  };
}

const dateOf = (locale: string) =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

interface Words {
  date: Intl.DateTimeFormat;
  /** Which webhook: by its name, else by its Zap, else by whom it tells. */
  named: (name: string) => string;
  ofZap: (zapId: string) => string;
  to: (host: string) => string;
  subject: (product: string, which: string, errors: number) => string;
  greeting: (owner: string) => string;
  opening: (product: string, which: string, errors: number) => string;
  webhook: string;
  zap: string;
  zapNumber: (zapId: string) => string;
  receiver: string;
  switchedOff: string;
  errorsInARow: string;
  lastError: string;
  meanwhile: (days: number) => string;
  steps: Record<SwitchOff['source'], string[]>;
  link: string;
  ending: (workspace: string) => string;
}

const WORDS = {
  en: {
    date: dateOf('en-GB'),
    named: (name) => `webhook “${name}”`,
    ofZap: (zapId) => `webhook of Zap ${zapId}`,
    to: (host) => `webhook to ${host}`,
    subject: (product, which, errors) =>
      `${product}: ${which} was switched off after ${countEn(errors, 'error')} in a row`,
    greeting: (owner) => (owner ? `Hello ${owner},` : 'Hello,'),
    opening: (product, which, errors) =>
      `${product} has switched off your ${which}, since ${countEn(errors, 'delivery', 'deliveries')} in a row ${errors === 1 ? 'has' : 'have'} failed.`,
    webhook: 'Webhook',
    zap: 'Zap',
    zapNumber: (zapId) => `${zapId}, as in its address in Zapier`,
    receiver: 'Receiver',
    switchedOff: 'Switched off',
    errorsInARow: 'Errors in a row',
    lastError: 'The last error',
    meanwhile: (days) =>
      `Nothing is lost for now. The messages that were waiting, and those that come in meanwhile, are kept; once the webhook is on again it catches up on them, in order. A message that waits is kept for ${countEn(days, 'day')}, so do not leave it off for longer.`,
    steps: {
      manual: [
        'Find out why the receiver fails, and repair it. It must answer 200 within 10 seconds.',
        'Switch the webhook on again on its page, which the link below opens. Send a test there first; then let the webhook catch up on what has waited.',
      ],
      zapier: [
        'Look at the Zap in Zapier: is it on, and does its history show errors or held runs?',
        'Switch the Zap off and on again. It connects anew, and its webhook is switched on with it.',
      ],
    },
    link: 'Open the webhook’s page',
    ending: (workspace) =>
      `You get this e-mail as the owner of the workspace “${workspace}”: one each time that errors switch a webhook off.`,
  },
  pl: {
    date: dateOf('pl'),
    named: (name) => `webhook „${name}”`,
    ofZap: (zapId) => `webhook Zapa ${zapId}`,
    to: (host) => `webhook do ${host}`,
    subject: (product, which, errors) =>
      `${product}: ${which} został wyłączony po ${countPl(errors, ['błędzie', 'błędach', 'błędach'])} z rzędu`,
    // A name would have to be in the vocative, which no rule gives for every name.
    greeting: () => 'Dzień dobry!',
    opening: (product, which, errors) =>
      `Twój ${which} w usłudze ${product} został wyłączony, ponieważ ${countPl(errors, [
        'próba wysłania wiadomości zakończyła się błędem',
        'kolejne próby wysłania wiadomości zakończyły się błędem',
        'kolejnych prób wysłania wiadomości zakończyło się błędem',
      ])}.`,
    webhook: 'Webhook',
    zap: 'Zap',
    zapNumber: (zapId) => `${zapId} (numer z jego adresu w Zapierze)`,
    receiver: 'Serwer docelowy',
    switchedOff: 'Wyłączony',
    errorsInARow: 'Błędy z rzędu',
    lastError: 'Ostatni błąd',
    meanwhile: (days) =>
      `Na razie nic nie przepadło. Wiadomości, które czekały, i te, które przyjdą w międzyczasie, są przechowywane; po ponownym włączeniu webhook wyśle je po kolei. Czekająca wiadomość jest przechowywana przez ${countPl(days, ['dzień', 'dni', 'dni'])}, więc włącz go, zanim ten czas minie.`,
    steps: {
      manual: [
        'Sprawdź, co jest nie tak z serwerem docelowym, i usuń przyczynę. Musi on odpowiadać kodem 200 w ciągu 10 sekund.',
        'Włącz webhook ponownie na jego stronie, którą otwiera link poniżej. Najpierw wyślij stamtąd test; potem pozwól webhookowi nadrobić zaległości.',
      ],
      zapier: [
        'Zajrzyj do Zapa w Zapierze: czy jest włączony i czy w jego historii widać błędy lub wstrzymane uruchomienia?',
        'Wyłącz Zap i włącz go ponownie. Połączy się na nowo, a razem z nim włączy się jego webhook.',
      ],
    },
    link: 'Otwórz stronę webhooka',
    ending: (workspace) =>
      `Ten e-mail otrzymuje właściciel obszaru roboczego „${workspace}” za każdym razem, gdy błędy wyłączą webhook.`,
  },
} satisfies InEach<Words>;

function whichOf(
  { name, zapId, host }: Pick<SwitchOff, 'name' | 'zapId' | 'host'>,
  words: Words,
): string {
  if (name) return words.named(shortened(name));
  return zapId ? words.ofZap(shortened(zapId)) : words.to(shortened(host));
}

const shortened = (text: string) => {
  const characters = [...text];
  if (characters.length <= TITLE_LENGTH) return text;
  return `${characters.slice(0, TITLE_LENGTH - 1).join('')}…`;
};
