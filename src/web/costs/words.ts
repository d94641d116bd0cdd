import { countEn, countPl, type InEach } from '../../core/language.ts';

const en = {
  title: 'What it costs',
  loading: 'Counting the messages of the last 30 days …',
  show: 'Show what each choice costs',
  withoutFilters: 'A webhook without filters',
  back: 'Back to the webhook',
  intro: (messages: number, chats: number) =>
    `In the last 30 days, ${countEn(messages, 'message')} in ${countEn(chats, 'chat')} matched this webhook. Each choice would have run the Zap this many times:`,
  introNew: (messages: number, chats: number) =>
    `In the last 30 days, ${countEn(messages, 'message')} in ${countEn(chats, 'chat')} would have matched a webhook without filters. Each choice would have run the Zap this many times:`,
  nothing:
    'No messages of the last 30 days match this webhook, so there is nothing to count yet. Once there are some, this shows how many Zap runs each choice makes of them.',
  choice: 'Aggregation',
  runs: 'Zap runs',
  tasks: 'Tasks',
  money: 'Price',
  current: 'now',
  chart: 'Zap runs of the last 30 days for each choice',
  steps: 'Action steps of the Zap',
  stepsHint: 'Zapier counts a task for each step after the trigger.',
  price: 'Price of a task',
  priceHint: 'In your currency, as your Zapier plan has it.',
  apply: 'Calculate',
  over: 'Messages and calls actually made',
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
    show: 'Pokaż koszt każdego ustawienia',
    withoutFilters: 'Webhook bez filtrów',
    back: 'Wróć do webhooka',
    intro: (messages, chats) =>
      `W ciągu ostatnich 30 dni: ${countPl(messages, WIADOMOSC)} dla tego webhooka, w ${countPl(chats, ['czacie', 'czatach', 'czatach'])}. Tyle razy przy każdym ustawieniu uruchomiłby się Zap:`,
    introNew: (messages, chats) =>
      `W ciągu ostatnich 30 dni: ${countPl(messages, WIADOMOSC)} w ${countPl(chats, ['czacie', 'czatach', 'czatach'])} dla webhooka bez filtrów. Tyle razy przy każdym ustawieniu uruchomiłby się Zap:`,
    nothing:
      'W ciągu ostatnich 30 dni nie było wiadomości dla tego webhooka, więc nie ma jeszcze czego liczyć. Gdy się pojawią, zobaczysz tu, ile uruchomień Zapa daje każde ustawienie.',
    choice: 'Agregacja',
    runs: 'Uruchomienia',
    tasks: 'Zadania',
    money: 'Cena',
    current: 'teraz',
    chart: 'Uruchomienia Zapa w ostatnich 30 dniach przy każdym ustawieniu',
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
