import { describe, expect, test } from '@jest/globals';
import { activitySentence } from '../../src/core/activity-sentence.ts';
import type { FactsKind, FactsOf } from '../../src/store/facts.ts';

const error = { code: 'status_500' } as const;
const EN_500 = 'The receiver answered 500; only 200 is success';
const PL_500 = 'Serwer docelowy odpowiedział kodem 500; tylko 200 oznacza powodzenie';

type Case<Kind extends FactsKind> = [facts: FactsOf[Kind], en: string, pl: string];

/** Every kind there is. */
const CASES: { [Kind in FactsKind]: Case<Kind>[] } = {
  sent: [
    [
      { messages: 3, chatName: 'Jan Kowalski', ms: 20 },
      'Sent 3 messages of Jan Kowalski in 20 ms',
      'Wysłano 3 wiadomości z czatu „Jan Kowalski” w 20 ms',
    ],
    [
      { messages: 1, chatName: '', ms: 1200 },
      'Sent 1 message in 1200 ms',
      'Wysłano 1 wiadomość w 1200 ms',
    ],
  ],
  resent: [
    [
      { chatName: 'Jan' },
      'Sent a delivery of Jan that was set aside',
      'Wysłano odłożoną przesyłkę z czatu „Jan”',
    ],
    [{ chatName: '' }, 'Sent a delivery that was set aside', 'Wysłano odłożoną przesyłkę'],
  ],
  failed: [
    [
      { error, errors: 3, chatName: 'Jan' },
      `${EN_500} (Jan; error 3 in a row; more than 10 switch the webhook off)`,
      `${PL_500} (czat „Jan”; 3. błąd z rzędu; więcej niż 10 wyłącza webhook)`,
    ],
    [{ error, errors: 0, chatName: 'Jan' }, `${EN_500} (Jan)`, `${PL_500} (czat „Jan”)`],
    [
      { error, errors: 1, chatName: '' },
      `${EN_500} (error 1 in a row; more than 10 switch the webhook off)`,
      `${PL_500} (1. błąd z rzędu; więcej niż 10 wyłącza webhook)`,
    ],
    [{ error, errors: 0, chatName: '' }, EN_500, PL_500],
  ],
  resend_failed: [
    [
      { error, chatName: 'Jan' },
      `${EN_500}: a delivery of Jan that was set aside`,
      `Nie udało się wysłać odłożonej przesyłki z czatu „Jan”: ${PL_500}`,
    ],
  ],
  off_by_errors: [
    [
      { errors: 11 },
      'Switched off after 11 errors in a row. Messages are kept; once the receiver works again, enable the webhook to catch up',
      'Wyłączono po 11 błędach z rzędu. Wiadomości są przechowywane; gdy serwer docelowy znów zadziała, włącz webhook, aby nadrobić zaległości',
    ],
  ],
  off_by_hand: [[{}, 'Switched off by hand', 'Wyłączono ręcznie']],
  zap_off: [[{}, 'The Zap was switched off', 'Zap został wyłączony']],
  zap_gone: [
    [
      {},
      'Zapier says that the Zap is off (410). Messages are kept for a while, and go on when it is switched on',
      'Zapier odpowiada, że Zap jest wyłączony (410). Wiadomości są przez pewien czas przechowywane i zostaną wysłane, gdy Zap zostanie włączony',
    ],
  ],
  zap_has_other_trigger: [[{}, 'The Zap has changed its trigger', 'W Zapie zmieniono wyzwalacz']],
  resumed: [[{}, 'Tried again at once', 'Ponowiono od razu']],
  on_where_it_stopped: [
    [
      {},
      'Switched on, going on where it stopped',
      'Włączono; wysyłanie rusza od miejsca, w którym się zatrzymało',
    ],
  ],
  on_from_now: [
    [{ leftOut: 0 }, 'Switched on, starting from now', 'Włączono; wysyłanie zaczyna się od teraz'],
    [
      { leftOut: 3 },
      'Switched on, starting from now; 3 messages that waited will not be sent',
      'Włączono; wysyłanie zaczyna się od teraz; 3 czekające wiadomości nie zostaną wysłane',
    ],
  ],
  zap_on: [
    [
      { waiting: 2, orMore: false, leavesOut: false },
      'The Zap was switched on, going on with 2 messages gathered before',
      'Zap został włączony; zebrane wcześniej: 2 wiadomości',
    ],
    [
      { waiting: 1000, orMore: true, leavesOut: true },
      'The Zap was switched on, going on with 1,000 or more messages gathered before; what came in while it was off is left out',
      'Zap został włączony; zebrane wcześniej: co najmniej 1000 wiadomości; bez tych, które przyszły, gdy był wyłączony',
    ],
  ],
  settings_changed: [
    [
      { settings: ['target_url', 'name'] },
      'Changed target_url, name',
      'Zmieniono target_url, name',
    ],
    [
      { settings: ['granularity_hours', 'filters', 'concurrency', 'rate_per_second'] },
      'Changed granularity_hours, filters, concurrency, rate_per_second',
      'Zmieniono granularity_hours, filters, concurrency, rate_per_second',
    ],
  ],
  secret_changed: [
    [
      { hours: 24 },
      'Changed the secret; the former one signs too for 24 hours',
      'Zmieniono klucz podpisu; poprzedni również podpisuje jeszcze przez 24 godziny',
    ],
  ],
  set_aside: [
    [
      { chatName: 'Jan', attempts: 8, error },
      `Set a delivery of Jan aside after 8 attempts (${EN_500}); its chat goes on`,
      `Odłożono przesyłkę z czatu „Jan” po 8 próbach (${PL_500}); następne wiadomości z tego czatu są wysyłane`,
    ],
    [
      { chatName: '', attempts: 1, error: { code: 'told', text: 'Answered 422' } },
      'Set a delivery aside after 1 attempt (Answered 422); its chat goes on',
      'Odłożono przesyłkę po 1 próbie (Answered 422); następne wiadomości z tego czatu są wysyłane',
    ],
  ],
  replayed: [
    [
      { since: Date.UTC(2021, 1, 24, 16, 25), requests: 1 },
      'Delivering again what came since 2021-02-24T16:25:00.000Z: 1 request',
      'Ponowne wysyłanie wiadomości od 2021-02-24T16:25:00.000Z: 1 żądanie',
    ],
  ],
  waiting_expired: [
    [
      { messages: 2 },
      'Gave up 2 messages that waited for twice the retention period',
      'Zrezygnowano z wysłania 2 wiadomości czekających dłużej niż dwa okresy przechowywania',
    ],
  ],
  set_aside_expired: [
    [
      { deliveries: 2 },
      'Gave up 2 deliveries set aside for the retention period',
      'Usunięto 2 przesyłki odłożone dłużej niż przez okres przechowywania',
    ],
  ],
  discarded: [[{}, 'Discarded a delivery that was set aside', 'Odrzucono odłożoną przesyłkę']],
  tested: [
    [{ error: null }, 'Test sent', 'Wysłano test'],
    [{ error }, `Test failed: ${EN_500}`, `Test nie powiódł się: ${PL_500}`],
  ],
  told: [[{ text: 'Sent 1 message' }, 'Sent 1 message', 'Sent 1 message']],
};

const kinds = Object.keys(CASES) as FactsKind[];

describe.each(kinds)('%s', <Kind extends FactsKind>(kind: Kind) => {
  test.each(CASES[kind])('%j is a sentence in each language', (given, en, pl) => {
    const facts = { kind, ...given };
    expect(activitySentence(facts, 'en')).toBe(en);
    expect(activitySentence(facts, 'pl')).toBe(pl);
  });
});

test('times and settings are shown as the reader’s page shows them', () => {
  const facts = { kind: 'replayed', since: 5, requests: 1 } as const;
  const showing = {
    time: (ms: number) => `<${ms}>`,
    settings: (names: readonly string[]) => names.join(' & '),
  };
  expect(activitySentence(facts, 'en', showing)).toContain('since <5>:');
  expect(activitySentence(facts, 'pl', showing)).toContain('od <5>:');
  const changed = { kind: 'settings_changed', settings: ['filters', 'name'] } as const;
  const given = { ...changed, settings: [...changed.settings] };
  expect(activitySentence(given, 'en', showing)).toBe('Changed filters & name');
  expect(activitySentence(given, 'pl', showing)).toBe('Zmieniono filters & name');
});

describe('a Polish number', () => {
  const sentence = (facts: Parameters<typeof activitySentence>[0]) => activitySentence(facts, 'pl');

  test.each([
    [
      0,
      'wiadomości',
      'czekających wiadomości nie zostanie wysłanych',
      'żądań',
      'przesyłek odłożonych',
    ],
    [1, 'wiadomość', 'czekająca wiadomość nie zostanie wysłana', 'żądanie', 'przesyłkę odłożoną'],
    [2, 'wiadomości', 'czekające wiadomości nie zostaną wysłane', 'żądania', 'przesyłki odłożone'],
    [
      5,
      'wiadomości',
      'czekających wiadomości nie zostanie wysłanych',
      'żądań',
      'przesyłek odłożonych',
    ],
    [
      12,
      'wiadomości',
      'czekających wiadomości nie zostanie wysłanych',
      'żądań',
      'przesyłek odłożonych',
    ],
    [22, 'wiadomości', 'czekające wiadomości nie zostaną wysłane', 'żądania', 'przesyłki odłożone'],
    [
      112,
      'wiadomości',
      'czekających wiadomości nie zostanie wysłanych',
      'żądań',
      'przesyłek odłożonych',
    ],
  ])('%i takes the forms it has', (n, messages, waiting, requests, parcels) => {
    expect(sentence({ kind: 'sent', messages: n, chatName: '', ms: 1 })).toBe(
      `Wysłano ${n} ${messages} w 1 ms`,
    );
    if (n > 0) {
      expect(sentence({ kind: 'on_from_now', leftOut: n })).toMatch(`; ${n} ${waiting}`);
    }
    expect(sentence({ kind: 'replayed', since: 0, requests: n })).toMatch(`: ${n} ${requests}`);
    expect(sentence({ kind: 'set_aside_expired', deliveries: n })).toMatch(
      `Usunięto ${n} ${parcels}`,
    );
    const locative = n === 1 ? 'błędzie' : 'błędach';
    expect(sentence({ kind: 'off_by_errors', errors: n })).toMatch(`po ${n} ${locative} z rzędu`);
    const attempts = n === 1 ? 'próbie' : 'próbach';
    const aside = { kind: 'set_aside', chatName: '', attempts: n, error } as const;
    expect(sentence(aside)).toMatch(`po ${n} ${attempts} (`);
    const genitive = n === 1 ? 'wiadomości czekającej' : 'wiadomości czekających';
    expect(sentence({ kind: 'waiting_expired', messages: n })).toMatch(`${n} ${genitive}`);
  });
});
