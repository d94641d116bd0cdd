import type { ActivityFacts, FactsKind, FactsOf, SettingName } from '../store/facts.ts';
import { errorSentence } from './error-sentence.ts';
import { ERRORS_TOLERATED } from './health.ts';
import { countEn, countPl, type InEach, type Language } from './language.ts';

/** How some parts of a sentence are shown. */
export interface Showing {
  /** A time, given in Unix milliseconds. */
  time: (ms: number) => string;
  /** Names of settings. */
  settings: (settings: readonly SettingName[]) => string;
}

/** To programs: ISO 8601, UTC, and the names that settings have in the API. */
const EXACTLY: Showing = {
  time: (ms) => new Date(ms).toISOString(),
  settings: (settings) => settings.join(', '),
};

/** An entry of the activity log as one sentence without a full stop. */
export function activitySentence<Kind extends FactsKind>(
  facts: ActivityFacts<Kind>,
  language: Language,
  showing: Showing = EXACTLY,
): string {
  const sentences: Sentences[Kind] = SENTENCES[facts.kind];
  return sentences[language](facts, showing);
}

type Sentences = {
  [Kind in FactsKind]: InEach<(facts: FactsOf[Kind], showing: Showing) => string>;
};

const SENTENCES: Sentences = {
  sent: {
    en: ({ messages, chatName, ms }) =>
      `Sent ${countEn(messages, 'message')}${ofEn(chatName)} in ${ms} ms`,
    pl: ({ messages, chatName, ms }) =>
      `Wysłano ${messagesPl(messages)}${ofPl(chatName)} w ${ms} ms`,
  },
  resent: {
    en: ({ chatName }) => `Sent a delivery${ofEn(chatName)} that was set aside`,
    pl: ({ chatName }) => `Wysłano odłożoną przesyłkę${ofPl(chatName)}`,
  },
  failed: {
    en: ({ error, errors, chatName }) => {
      const count = `error ${errors} in a row; more than ${ERRORS_TOLERATED} switch the webhook off`;
      return errorSentence(error, 'en') + inBrackets(chatName, errors > 0 && count);
    },
    pl: ({ error, errors, chatName }) => {
      const count = `${errors}. błąd z rzędu; więcej niż ${ERRORS_TOLERATED} wyłącza webhook`;
      const chat = chatName && `czat „${chatName}”`;
      return errorSentence(error, 'pl') + inBrackets(chat, errors > 0 && count);
    },
  },
  resend_failed: {
    en: ({ error, chatName }) =>
      `${errorSentence(error, 'en')}: a delivery${ofEn(chatName)} that was set aside`,
    pl: ({ error, chatName }) =>
      `Nie udało się wysłać odłożonej przesyłki${ofPl(chatName)}: ${errorSentence(error, 'pl')}`,
  },
  off_by_errors: {
    en: ({ errors }) =>
      `Switched off after ${countEn(errors, 'error')} in a row. Messages are kept; once the receiver works again, enable the webhook to catch up`,
    pl: ({ errors }) =>
      `Wyłączono po ${errorsPl(errors)} z rzędu. Wiadomości są przechowywane; gdy serwer docelowy znów zadziała, włącz webhook, aby nadrobić zaległości`,
  },
  off_by_hand: {
    en: () => 'Switched off by hand',
    pl: () => 'Wyłączono ręcznie',
  },
  zap_off: {
    en: () => 'The Zap was switched off',
    pl: () => 'Zap został wyłączony',
  },
  zap_gone: {
    en: () =>
      'Zapier says that the Zap is off (410). Messages are kept for a while, and go on when it is switched on',
    pl: () =>
      'Zapier odpowiada, że Zap jest wyłączony (410). Wiadomości są przez pewien czas przechowywane i zostaną wysłane, gdy Zap zostanie włączony',
  },
  zap_has_other_trigger: {
    en: () => 'The Zap has changed its trigger',
    pl: () => 'W Zapie zmieniono wyzwalacz',
  },
  resumed: {
    en: () => 'Tried again at once',
    pl: () => 'Ponowiono od razu',
  },
  on_where_it_stopped: {
    en: () => 'Switched on, going on where it stopped',
    pl: () => 'Włączono; wysyłanie rusza od miejsca, w którym się zatrzymało',
  },
  on_from_now: {
    en: ({ leftOut }) =>
      `Switched on, starting from now${leftOut > 0 ? `; ${countEn(leftOut, 'message')} that waited will not be sent` : ''}`,
    pl: ({ leftOut }) =>
      `Włączono; wysyłanie zaczyna się od teraz${leftOut > 0 ? `; ${notSentPl(leftOut)}` : ''}`,
  },
  zap_on: {
    en: ({ waiting, orMore, leavesOut }) => {
      const many = orMore
        ? countEn(waiting, 'message', 'or more messages')
        : countEn(waiting, 'message');
      const rest = leavesOut ? '; what came in while it was off is left out' : '';
      return `The Zap was switched on, going on with ${many} gathered before${rest}`;
    },
    pl: ({ waiting, orMore, leavesOut }) => {
      const rest = leavesOut ? '; bez tych, które przyszły, gdy był wyłączony' : '';
      return `Zap został włączony; zebrane wcześniej: ${orMore ? 'co najmniej ' : ''}${messagesPl(waiting)}${rest}`;
    },
  },
  settings_changed: {
    en: ({ settings }, showing) => `Changed ${showing.settings(settings)}`,
    pl: ({ settings }, showing) => `Zmieniono ${showing.settings(settings)}`,
  },
  secret_changed: {
    en: ({ hours }) => `Changed the secret; the former one signs too for ${countEn(hours, 'hour')}`,
    pl: ({ hours }) =>
      `Zmieniono klucz podpisu; poprzedni również podpisuje jeszcze przez ${countPl(hours, ['godzinę', 'godziny', 'godzin'])}`,
  },
  set_aside: {
    en: ({ chatName, attempts, error }) =>
      `Set a delivery${ofEn(chatName)} aside after ${countEn(attempts, 'attempt')} (${errorSentence(error, 'en')}); its chat goes on`,
    pl: ({ chatName, attempts, error }) =>
      `Odłożono przesyłkę${ofPl(chatName)} po ${countPl(attempts, ['próbie', 'próbach', 'próbach'])} (${errorSentence(error, 'pl')}); następne wiadomości z tego czatu są wysyłane`,
  },
  replayed: {
    en: ({ since, requests }, { time }) =>
      `Delivering again what came since ${time(since)}: ${countEn(requests, 'request')}`,
    pl: ({ since, requests }, { time }) =>
      `Ponowne wysyłanie wiadomości od ${time(since)}: ${countPl(requests, ['żądanie', 'żądania', 'żądań'])}`,
  },
  waiting_expired: {
    en: ({ messages }) =>
      `Gave up ${countEn(messages, 'message')} that waited for twice the retention period`,
    pl: ({ messages }) =>
      `Zrezygnowano z wysłania ${countPl(messages, ['wiadomości czekającej', 'wiadomości czekających', 'wiadomości czekających'])} dłużej niż dwa okresy przechowywania`,
  },
  set_aside_expired: {
    en: ({ deliveries }) =>
      `Gave up ${countEn(deliveries, 'delivery', 'deliveries')} set aside for the retention period`,
    pl: ({ deliveries }) =>
      `Usunięto ${countPl(deliveries, ['przesyłkę odłożoną', 'przesyłki odłożone', 'przesyłek odłożonych'])} dłużej niż przez okres przechowywania`,
  },
  discarded: {
    en: () => 'Discarded a delivery that was set aside',
    pl: () => 'Odrzucono odłożoną przesyłkę',
  },
  tested: {
    en: ({ error }) => (error ? `Test failed: ${errorSentence(error, 'en')}` : 'Test sent'),
    pl: ({ error }) =>
      error ? `Test nie powiódł się: ${errorSentence(error, 'pl')}` : 'Wysłano test',
  },
  told: {
    en: ({ text }) => text,
    pl: ({ text }) => text,
  },
};

const ofEn = (chatName: string) => chatName && ` of ${chatName}`;
const ofPl = (chatName: string) => chatName && ` z czatu „${chatName}”`;

/** Accusative. */
const messagesPl = (n: number) => countPl(n, ['wiadomość', 'wiadomości', 'wiadomości']);

const notSentPl = (n: number) =>
  countPl(n, [
    'czekająca wiadomość nie zostanie wysłana',
    'czekające wiadomości nie zostaną wysłane',
    'czekających wiadomości nie zostanie wysłanych',
  ]);

/** Locative. */
const errorsPl = (n: number) => countPl(n, ['błędzie', 'błędach', 'błędach']);

function inBrackets(...parts: (string | false)[]): string {
  const rest = parts.filter(Boolean).join('; ');
  return rest && ` (${rest})`;
}
