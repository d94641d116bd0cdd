import { countEn, countPl, type InEach } from '../../core/language.ts';
import { settingsInWords } from '../../core/setting-names.ts';
import type { SettingName } from '../../store/facts.ts';
import { granularities } from '../granularities.ts';
import type { Unsent } from './unsent.ts';

// The words of the webhooks' list, and of one webhook's page but for what happens there.

const unsentEn: Record<Unsent, string> = {
  no_server:
    'We could not tell you of this by e-mail: this server is not set up to send any. Whoever runs it does that with SMTP_URL and PAKIET_MAIL_FROM.',
  no_address: 'We could not tell you of this by e-mail: your profile has no address.',
  given_up:
    'We could not tell you of this by e-mail: the mail server did not take it for three days. Whoever runs this server finds the cause in its log.',
};

const en = {
  title: 'Webhooks',
  intro: 'A webhook passes on every message, sent or received, to Zapier or to a program of yours.',
  add: 'New webhook',
  none: 'There is no webhook yet',
  noneText: 'There are two ways to one. It begins with the messages that come in from then on.',
  viaZapier: 'Connect Zapier',
  viaZapierText: 'Your Zap makes its webhook by itself when you switch it on.',
  byHand: 'Create a webhook',
  byHandText: 'For a CRM or a program that takes HTTP requests.',
  byHandAction: 'Create one',
  viaZapierAction: 'Show me how',

  states: {
    nothing_yet: 'Waiting for the first message',
    delivering: 'Delivering',
    gathering: 'Gathering, next bundle',
    retrying: 'Retrying, next try',
    retryingNow: 'Retrying now',
    retryingIdle: 'The last delivery failed',
    off_by_errors: (errors: number) => `Switched off after ${countEn(errors, 'error')}`,
    off_by_owner: 'Switched off by you',
    zap_off: 'The Zap is off',
    on: ' on ',
    since: ' since ',
  },
  sendsTo: 'Sends to',
  waiting: 'Waiting',
  held: 'Held',
  messages: (n: number, orMore: boolean) =>
    orMore ? countEn(n, 'message', 'or more messages') : countEn(n, 'message'),
  lastSuccess: 'Last success',
  never: 'none yet',
  madeBy: 'Made by',
  byZap: (zap: string | null) => (zap === null ? 'Zapier' : `Zapier, Zap ${zap}`),
  unsent: unsentEn,
  toProfile: 'Set it in your profile',

  newTitle: 'New webhook',
  create: 'Create the webhook',
  created: 'The webhook has been created. Next, send a test, and see what your receiver answers.',
  createdOff:
    'The webhook has been created, switched off. Switch it on when your receiver is ready.',
  settings: 'Settings',
  name: 'Name',
  nameHint: 'Only you see it. Optional.',
  url: 'Webhook URL',
  urlHint: 'Each delivery is POSTed there. Your receiver must answer 200 within 10 seconds.',
  urlCredentials: 'A user name or password cannot stand in this address.',
  outOfReach:
    'This address is in a private network: deliveries to it will be refused unless whoever runs this server allows it, with PAKIET_ALLOW_NETWORKS.',
  granularity: 'Aggregation granularity',
  granularityHint:
    'What is written in a chat within that time is gathered into one bundle. A Zap runs once for a bundle, however many messages are in it.',
  granularities: granularities.en,
  atOnce: '– each message is sent by itself, at once',
  enabled: 'Webhook enabled',
  enabledHint: 'Off, it sends nothing until you switch it on.',
  filters: 'Which messages',
  filtersAll: 'all',
  accounts: 'WhatsApp accounts',
  accountsHint: 'None ticked: all of them, also those connected later.',
  noAccounts: 'An account shows here once a message of it has come in.',
  direction: 'Direction',
  directions: { '': 'Sent and received', received: 'Received only', sent: 'Sent only' },
  chatType: 'Kind of chat',
  chatTypes: { '': 'Direct and group chats', direct: 'Direct chats only', group: 'Groups only' },
  chats: 'Chats',
  chatsHint: 'None ticked: all of them, also new ones.',
  chatsSearch: 'Search chats by name or phone number',
  search: 'Search',
  found: (n: number): string => (n === 0 ? 'No other chat was found.' : 'Tick the chats you want:'),
  foundMore: 'There are more: write more of the name.',
  chosenChats: (n: number) => countEn(n, 'chat'),
  chosenAccounts: (n: number) => countEn(n, 'account'),
  goneChat: (id: string) => `Chat ${id}, which was deleted`,
  goneChatProblem: (id: string) => `Chat ${id} has been deleted: take its tick away.`,
  unnamed: 'Without a name',
  group: 'group',
  via: (account: string) => `to ${account}`,
  advanced: 'Speed',
  concurrency: 'Simultaneous requests',
  concurrencyHint: 'In different chats; the messages of one chat go one after another.',
  rate: 'Requests a second, at most',
  rateHint: 'Empty: as many as the receiver can take; 25 where it is Zapier.',
  between: (least: number, most: number) => `Enter a whole number from ${least} to ${most}.`,
  save: 'Save',
  changed: (settings: readonly SettingName[]) => `Changed ${settingsInWords(settings, 'en')}.`,
  unchanged: 'Nothing was changed.',
  zapsOwn:
    'The URL, the granularity and the filters are set by the Zap. Change them in Zapier and publish the Zap; they change here by themselves.',

  secret: 'Secret',
  secretText:
    'It signs every delivery (Standard Webhooks), so that your receiver can tell that it comes from here and was not changed.',
  secretZap:
    'The Zap keeps its own secret and checks every delivery with it. To have a new one made, delete this webhook, then turn the Zap off and on.',
  show: 'Show',
  rotate: 'Change the secret',
  rotateText:
    'For 24 hours deliveries are signed with both the old and the new one, so that you can change it in your receiver without missing any.',
  rotated: 'The secret is changed. For 24 hours the former one signs as well.',
  former: 'The former secret signs as well until',

  switchOff: 'Switch off',
  isOn: 'Enabled',
  isOff: 'Switched off',
  switchOnAbove: 'Switch it on at the top of this page.',
  switchOffText:
    'Switched off, it sends nothing, and messages are kept: when you switch it on again, you choose whether to catch up on them or to start from then.',
  switchOffZap: 'To stop it for good, switch the Zap off in Zapier.',
  switchedOff: 'The webhook is switched off; messages are kept.',
  remove: 'Delete this webhook',
  removeText: (waiting: number, orMore: boolean) =>
    waiting === 0
      ? 'Its settings, its secret and its logs are lost.'
      : `Its settings, its secret and its logs are lost, and the ${en.messages(waiting, orMore)} that wait are not delivered.`,
  removeZap: 'The Zap gets nothing any more until you switch it off and on in Zapier.',
  removeConversations: 'Conversations stay.',
  removeButton: 'Delete',
  removed: (title: string) => `${title} is deleted.`,
};

export type WebhookWords = typeof en;

const messagesPl = (n: number) => countPl(n, ['wiadomość', 'wiadomości', 'wiadomości']);

const unsentPl: Record<Unsent, string> = {
  no_server:
    'Nie daliśmy znać e-mailem, bo serwer nie ma skonfigurowanej poczty. Osoba, która go prowadzi, ustawia SMTP_URL i PAKIET_MAIL_FROM.',
  no_address: 'Nie daliśmy znać e-mailem, bo w Twoim profilu nie ma adresu.',
  given_up:
    'Nie daliśmy znać e-mailem, bo serwer poczty nie przyjął wiadomości przez trzy dni. Przyczyna jest w dzienniku serwera, u osoby, która go prowadzi.',
};

export const words: InEach<WebhookWords> = {
  en,
  pl: {
    title: 'Webhooki',
    intro:
      'Webhook przekazuje każdą wiadomość, wysłaną lub odebraną, do Zapiera albo do Twojego programu.',
    add: 'Nowy webhook',
    none: 'Nie ma jeszcze webhooka',
    noneText: 'Są na to dwa sposoby. Webhook zaczyna od wiadomości, które przyjdą od tej chwili.',
    viaZapier: 'Połącz Zapiera',
    viaZapierText: 'Twój Zap sam tworzy webhook, gdy go włączysz.',
    byHand: 'Utwórz webhook',
    byHandText: 'Do CRM-u lub programu, który przyjmuje żądania HTTP.',
    byHandAction: 'Utwórz',
    viaZapierAction: 'Pokaż, jak to zrobić',

    states: {
      nothing_yet: 'Czeka na pierwszą wiadomość',
      delivering: 'Wysyła',
      gathering: 'Zbiera, następny pakiet',
      retrying: 'Ponawianie, następna próba',
      retryingNow: 'Trwa ponawianie',
      retryingIdle: 'Ostatnia wysyłka nie udała się',
      off_by_errors: (errors) =>
        `Wyłączony po ${countPl(errors, ['błędzie', 'błędach', 'błędach'])}`,
      off_by_owner: 'Wyłączony przez Ciebie',
      zap_off: 'Zap jest wyłączony',
      on: ', ',
      since: ' od ',
    },
    sendsTo: 'Wysyła do',
    waiting: 'Czeka',
    held: 'Wstrzymane',
    messages: (n, orMore) => (orMore ? `co najmniej ${messagesPl(n)}` : messagesPl(n)),
    lastSuccess: 'Ostatnia udana wysyłka',
    never: 'jeszcze żadna',
    madeBy: 'Utworzony przez',
    byZap: (zap) => (zap === null ? 'Zapiera' : `Zapiera, Zap ${zap}`),
    unsent: unsentPl,
    toProfile: 'Ustaw go w profilu',

    newTitle: 'Nowy webhook',
    create: 'Utwórz webhook',
    created: 'Webhook utworzony. Teraz wyślij test i zobacz, co odpowie serwer docelowy.',
    createdOff: 'Webhook utworzony i wyłączony. Włącz go, gdy serwer docelowy będzie gotowy.',
    settings: 'Ustawienia',
    name: 'Nazwa',
    nameHint: 'Widzisz ją tylko Ty. Nieobowiązkowa.',
    url: 'Adres URL webhooka',
    urlHint:
      'Pod ten adres trafia każda wysyłka (POST). Serwer docelowy musi odpowiedzieć kodem 200 w ciągu 10 sekund.',
    urlCredentials: 'W tym adresie nie może być nazwy użytkownika ani hasła.',
    outOfReach:
      'Ten adres należy do sieci prywatnej: wysyłki będą odrzucane, chyba że osoba prowadząca serwer na nie zezwoli, w PAKIET_ALLOW_NETWORKS.',
    granularity: 'Granularność agregacji',
    granularityHint:
      'Wiadomości napisane w tym czasie w jednym czacie trafiają do jednego pakietu. Jeden pakiet to jedno uruchomienie Zapa, niezależnie od liczby wiadomości.',
    granularities: granularities.pl,
    atOnce: '– każda wiadomość osobno, od razu',
    enabled: 'Webhook włączony',
    enabledHint: 'Wyłączony nie wysyła niczego, dopóki go nie włączysz.',
    filters: 'Które wiadomości',
    filtersAll: 'wszystkie',
    accounts: 'Konta WhatsApp',
    accountsHint: 'Gdy żadne nie jest zaznaczone: wszystkie, także połączone później.',
    noAccounts: 'Konto pojawi się tu, gdy przyjdzie z niego pierwsza wiadomość.',
    direction: 'Kierunek',
    directions: { '': 'Wysłane i odebrane', received: 'Tylko odebrane', sent: 'Tylko wysłane' },
    chatType: 'Rodzaj czatu',
    chatTypes: { '': 'Prywatne i grupowe', direct: 'Tylko prywatne', group: 'Tylko grupowe' },
    chats: 'Czaty',
    chatsHint: 'Gdy żaden nie jest zaznaczony: wszystkie, także nowe.',
    chatsSearch: 'Szukaj czatów po nazwie lub numerze telefonu',
    search: 'Szukaj',
    found: (n) => (n === 0 ? 'Nie znaleziono innego czatu.' : 'Zaznacz te, które chcesz:'),
    foundMore: 'Jest ich więcej: wpisz dłuższy fragment nazwy.',
    chosenChats: (n) => countPl(n, ['czat', 'czaty', 'czatów']),
    chosenAccounts: (n) => countPl(n, ['konto', 'konta', 'kont']),
    goneChat: (id) => `Czat ${id}, usunięty`,
    goneChatProblem: (id) => `Czat ${id} został usunięty: odznacz go.`,
    unnamed: 'Bez nazwy',
    group: 'grupa',
    via: (account) => `z ${account}`,
    advanced: 'Szybkość',
    concurrency: 'Jednoczesne żądania',
    concurrencyHint: 'W różnych czatach; wiadomości jednego czatu idą po kolei.',
    rate: 'Najwyżej tyle żądań na sekundę',
    rateHint: 'Puste: tyle, ile zniesie serwer docelowy; 25, jeśli to Zapier.',
    between: (least, most) => `Wpisz liczbę całkowitą od ${least} do ${most}.`,
    save: 'Zapisz',
    changed: (settings) => `Zmieniono ${settingsInWords(settings, 'pl')}.`,
    unchanged: 'Niczego nie zmieniono.',
    zapsOwn:
      'Adres URL, granularność i filtry ustawia Zap. Zmień je w Zapierze i opublikuj Zapa; tutaj zmienią się same.',

    secret: 'Klucz podpisu',
    secretText:
      'Podpisujemy nim każdą wysyłkę (Standard Webhooks), dzięki czemu serwer docelowy wie, że pochodzi stąd i nikt jej nie zmienił.',
    secretZap:
      'Zap sam przechowuje klucz podpisu i sprawdza nim każdą wysyłkę. Aby dostać nowy, usuń ten webhook, a potem wyłącz i włącz Zapa.',
    show: 'Pokaż',
    rotate: 'Zmień klucz podpisu',
    rotateText:
      'Przez 24 godziny podpisujemy wysyłki i starym, i nowym kluczem, więc zdążysz zmienić go po swojej stronie, nie tracąc żadnej.',
    rotated: 'Klucz podpisu jest zmieniony. Przez 24 godziny podpisuje również poprzedni.',
    former: 'Poprzedni klucz podpisuje również do',

    switchOff: 'Wyłącz',
    isOn: 'Włączony',
    isOff: 'Wyłączony',
    switchOnAbove: 'Włącz go u góry tej strony.',
    switchOffText:
      'Wyłączony niczego nie wysyła, a wiadomości są przechowywane: przy włączeniu wybierzesz, czy nadrobić zaległości, czy zacząć od teraz.',
    switchOffZap: 'Aby zatrzymać go na dobre, wyłącz Zapa w Zapierze.',
    switchedOff: 'Webhook jest wyłączony; wiadomości są przechowywane.',
    remove: 'Usuń ten webhook',
    removeText: (waiting, orMore) =>
      waiting === 0
        ? 'Przepadną jego ustawienia, klucz podpisu i dzienniki.'
        : `Przepadną jego ustawienia, klucz podpisu i dzienniki, a to, co czeka (${orMore ? 'co najmniej ' : ''}${messagesPl(waiting)}), nie zostanie wysłane.`,
    removeZap: 'Zap nie dostanie już niczego, dopóki nie wyłączysz go i nie włączysz w Zapierze.',
    removeConversations: 'Rozmowy zostają.',
    removeButton: 'Usuń',
    removed: (title) => `Usunięto: ${title}.`,
  },
};
