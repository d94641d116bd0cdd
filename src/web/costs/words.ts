import { countEn, countPl, type InEach } from '../../core/language.ts';
import type { Granularity } from '../../wire/webhook.ts';

const en = {
  title: 'What it costs',
  loading: 'Counting the messages of the last 30 days …',
  show: 'Show what each choice costs',
  back: 'Back to the webhook',
  intro: (messages: number, chats: number) =>
    `In the last 30 days ${countEn(messages, 'message')} of ${countEn(chats, 'chat')} came in that this webhook wants. So often each choice would have called it, and run the Zap behind it:`,
  introNew: (messages: number, chats: number) =>
    `In the last 30 days ${countEn(messages, 'message')} of ${countEn(chats, 'chat')} came in. So often each choice would have called a webhook without filters, and run the Zap behind it:`,
  nothing:
    'No messages came in the last 30 days that this webhook wants, so there is nothing to count yet. Once there are some, this shows how many Zap runs each choice makes of them.',
  choice: 'Aggregation',
  runs: 'Zap runs',
  tasks: 'Tasks',
  money: 'Price',
  current: 'now',
  granularity: {
    0: 'Don’t aggregate',
    1: 'Every hour',
    6: 'Every 6 hours',
    12: 'Every 12 hours',
    24: 'Every 24 hours',
  } as Record<Granularity, string>,
  chart: 'Zap runs of the last 30 days for each choice',
  steps: 'Action steps of the Zap',
  stepsHint: 'Zapier counts a task for each step after the trigger.',
  price: 'Price of a task',
  priceHint: 'In your currency, as your Zapier plan has it.',
  apply: 'Calculate',
  over: 'Messages and calls really made',
  overText: 'By day, UTC. Calls are deliveries that succeeded.',
  messages: 'Messages',
  calls: 'Calls',
  failed: 'These figures could not be counted. Load the page again in a moment.',
};

const WIADOMOSC: [string, string, string] = ['wiadomość', 'wiadomości', 'wiadomości'];

export const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Ile to kosztuje',
    loading: 'Liczymy wiadomości z ostatnich 30 dni …',
    show: 'Pokaż, ile kosztuje każdy wybór',
    back: 'Wróć do webhooka',
    intro: (messages, chats) =>
      `W ciągu ostatnich 30 dni: ${countPl(messages, WIADOMOSC)} dla tego webhooka, w ${countPl(chats, ['czacie', 'czatach', 'czatach'])}. Tyle razy każdy z wyborów wywołałby webhook i uruchomił Zapa, który za nim stoi:`,
    introNew: (messages, chats) =>
      `W ciągu ostatnich 30 dni: ${countPl(messages, WIADOMOSC)} w ${countPl(chats, ['czacie', 'czatach', 'czatach'])}. Tyle razy każdy z wyborów wywołałby webhook bez filtrów i uruchomił Zapa, który za nim stoi:`,
    nothing:
      'W ciągu ostatnich 30 dni nie było wiadomości dla tego webhooka, więc nie ma jeszcze czego liczyć. Gdy się pojawią, zobaczysz tu, ile uruchomień Zapa daje każdy wybór.',
    choice: 'Agregacja',
    runs: 'Uruchomienia',
    tasks: 'Zadania',
    money: 'Cena',
    current: 'teraz',
    granularity: {
      0: 'Nie agreguj',
      1: 'Co godzinę',
      6: 'Co 6 godzin',
      12: 'Co 12 godzin',
      24: 'Co 24 godziny',
    },
    chart: 'Uruchomienia Zapa w ostatnich 30 dniach przy każdym wyborze',
    steps: 'Liczba akcji w Zapie',
    stepsHint: 'Zapier liczy jedno zadanie za każdy krok po wyzwalaczu.',
    price: 'Cena zadania',
    priceHint: 'W Twojej walucie, według Twojego planu w Zapierze.',
    apply: 'Oblicz',
    over: 'Wiadomości i wykonane wywołania',
    overText: 'Według dni, UTC. Wywołania to udane przesyłki.',
    messages: 'Wiadomości',
    calls: 'Wywołania',
    failed: 'Nie udało się policzyć tych danych. Za chwilę wczytaj stronę ponownie.',
  },
};
