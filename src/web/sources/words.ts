import { countEn, countPl, type InEach } from '../../core/language.ts';
import type { SourceKind } from '../../sources/registry.ts';
import type { DropReason } from '../../sources/source.ts';

const en = {
  title: 'Connect WhatsApp',
  intro:
    'Messages come in through a source: a gateway or Meta calls an address that is made for it here. Choose how your account is to be connected.',
  kinds: {
    waha: 'A phone, by QR code (WAHA)',
    'whatsapp-cloud': 'A business number, through Meta (Cloud API)',
  } as Record<SourceKind, string>,
  short: { waha: 'WAHA', 'whatsapp-cloud': 'WhatsApp Cloud API' } as Record<SourceKind, string>,
  about: {
    waha: 'WAHA is a gateway that you run yourself and link to the phone as one links WhatsApp Web. It sees what is received and what is sent from the phone, in groups as well.',
    'whatsapp-cloud':
      'Meta’s official way for companies. It sees what is received, and what is sent from the WhatsApp Business app if the number stays in it (coexistence). Meta does not report what a program sends through its API; that program must hand it in here too.',
  } as Record<SourceKind, string>,
  risk: {
    waha: 'WhatsApp does not allow unofficial gateways and may ban the number, for good and without warning. Do not connect one that you cannot afford to lose.',
    'whatsapp-cloud': 'Connecting a number this way carries no risk of a ban.',
  } as Record<SourceKind, string>,
  name: 'Name',
  nameHint: 'For yourself, such as whose phone it is.',
  create: 'Make the source',
  made: 'The source is made. Press “Show what to paste” below, and set it up.',
  otherTitle: 'Something else',
  other: 'A program of your own can hand messages in with an API key.',
  createKey: 'Create an API key',
  back: 'Back to the WhatsApp accounts',
  connections: 'Sources',
  connectionsText:
    'Where messages come from. Open one to see how to connect it and what it brings.',
  none: 'Nothing is connected yet.',
  connect: 'Connect WhatsApp',
  never: 'nothing yet',
  heard: 'Last heard',
  taken: 'Taken',
  messages: (n: number) => countEn(n, 'message'),
  dropped: 'Left out',
  droppedNone: 'nothing',
  droppedElsewhere: 'Attachments and messages without text are counted with the account.',
  refused: 'Last refused',
  refusedNone: 'none',
  badges: { missing: 'app secret missing', refused: 'last request refused' },
  state: 'What it brings',
  check: {
    waha: 'Nothing has come yet. Is the session in WAHA “WORKING”, and can WAHA reach the URL below? Then write a message to the number, or from it.',
    'whatsapp-cloud':
      'Nothing has come yet. Has Meta accepted the URL below (“Verify and save”), is the field “messages” subscribed, and is the app published? Then write a message to the number.',
  } as Record<SourceKind, string>,
  missing: (product: string) =>
    `The app secret is missing: without it ${product} cannot tell Meta’s requests from forged ones, and refuses all.`,
  setUp: 'Set it up',
  url: 'URL',
  steps: {
    waha: [
      'Start WAHA with Docker (see waha.devlike.pro), with the engine GOWS or NOWEB.',
      'In its dashboard, make a session with a webhook: the URL below, the event “message.any”, and the HMAC key below.',
      'Under “metadata” give user.name and user.email: whose account it is.',
      'Scan the QR code on the phone: Settings → Linked devices → Link a device.',
      'Write a message to the number, or from it: it shows here.',
    ],
    'whatsapp-cloud': [
      'At developers.facebook.com make an app for WhatsApp and add your number to it.',
      'Copy the app secret from “App settings → Basic” and enter it below.',
      'In the app, open “WhatsApp → Configuration → Webhook”. Paste the URL as “Callback URL” and the verify token, then press “Verify and save”.',
      'Subscribe to “messages”; for a number in the WhatsApp Business app also to “smb_message_echoes”, “smb_app_state_sync” and “history”.',
      'Publish the app, then write a message to the number: it shows here.',
    ],
  } as Record<SourceKind, string[]>,
  reach:
    'Meta calls from the internet over https, and this address is not reachable from there. Put a proxy with a certificate in front of the server and start it with PAKIET_PUBLIC_URL.',
  container: (address: string) =>
    `From a container this machine is host.docker.internal: if WAHA runs here in Docker, let the URL that you paste begin with ${address}.`,
  secrets: { hmac_key: 'HMAC key', verify_token: 'Verify token' } as Record<string, string>,
  reveal: 'Show what to paste',
  hidden: 'The secret is not shown until you ask for it.',
  appSecret: 'App secret',
  appSecretHint: {
    missing: 'From your Meta app: App settings → Basic. It is not shown again.',
    present: 'One is entered. A new one replaces it at once.',
  },
  saveSecret: 'Save the app secret',
  secretSaved: 'The app secret is saved.',
  secretProblem: 'Copy the secret alone, without spaces.',
  rename: 'Rename',
  save: 'Save',
  renamed: 'The name is saved.',
  rotate: 'Make a new secret',
  rotateText:
    'The former one is good for 24 hours more: paste the new one at the other end by then.',
  rotated:
    'There is a new secret: press “Show what to paste” below to see it. The former one is good for 24 hours more.',
  remove: 'Delete this source',
  removeText:
    'Its URL stops accepting messages, and what is sent to it is lost. Messages that came from it stay.',
  removed: (name: string) => `The source ${name} is deleted.`,
  drops: {
    unreadable: 'requests that cannot be read: is the URL the one of this kind of source?',
    invalid: 'messages without id, time or chat, or too long',
    unknown_account: 'events that do not say which account they are of',
    other_event: 'events that hold no messages',
    status: 'receipts: sent, delivered, read',
    story: 'posts in “Updates”',
    channel: 'posts of channels',
    broadcast: 'messages of broadcast lists',
    reaction: 'reactions',
    vote: 'votes and answers to invitations',
    system: 'WhatsApp’s own notes',
    edited: 'edits of messages',
    revoked: 'withdrawals of messages',
    unsupported: 'messages whose content was not included',
    history: 'messages from before the account was connected',
    error: 'errors in a message’s place',
  } as Record<DropReason, string>,
};

const WIADOMOSC: [string, string, string] = ['wiadomość', 'wiadomości', 'wiadomości'];

export const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Połącz konto WhatsApp',
    intro:
      'Wiadomości dostarcza źródło: bramka albo Meta wywołuje adres, który dla niej tu powstaje. Wybierz, jak połączyć konto.',
    kinds: {
      waha: 'Telefon (przez kod QR, WAHA)',
      'whatsapp-cloud': 'Numer firmowy, przez Meta (Cloud API)',
    },
    short: { waha: 'WAHA', 'whatsapp-cloud': 'WhatsApp Cloud API' },
    about: {
      waha: 'WAHA to bramka, którą uruchamiasz u siebie i łączysz z telefonem tak jak WhatsApp Web. Widzi wiadomości odebrane i wysłane z telefonu, także w grupach.',
      'whatsapp-cloud':
        'Oficjalny sposób Meta dla firm. Widzi wiadomości odebrane, a także wysłane z aplikacji WhatsApp Business, jeśli numer w niej pozostaje (coexistence). Meta nie przekazuje tego, co program wysyła przez jej API; ten program musi przekazać to tutaj sam.',
    },
    risk: {
      waha: 'WhatsApp nie pozwala na nieoficjalne bramki i może zablokować numer na stałe i bez ostrzeżenia. Nie łącz numeru, którego utrata byłaby problemem.',
      'whatsapp-cloud': 'Takie połączenie nie grozi blokadą numeru.',
    },
    name: 'Nazwa',
    nameHint: 'Dla Ciebie, na przykład czyj to telefon.',
    create: 'Utwórz źródło',
    made: 'Źródło jest gotowe. Naciśnij poniżej „Pokaż, co wkleić” i połącz je.',
    otherTitle: 'Inny sposób',
    other: 'Własny program może przekazywać wiadomości za pomocą klucza API.',
    createKey: 'Utwórz klucz API',
    back: 'Wróć do kont WhatsApp',
    connections: 'Źródła',
    connectionsText:
      'Skąd przychodzą wiadomości. Otwórz źródło, by zobaczyć, jak je połączyć i co dostarcza.',
    none: 'Nic jeszcze nie jest połączone.',
    connect: 'Połącz konto WhatsApp',
    never: 'jeszcze żaden',
    heard: 'Ostatni sygnał',
    taken: 'Przyjęto',
    messages: (n) => countPl(n, WIADOMOSC),
    dropped: 'Pominięto',
    droppedNone: 'nic',
    droppedElsewhere: 'Załączniki i wiadomości bez tekstu liczymy osobno, przy koncie.',
    refused: 'Ostatnio odrzucono',
    refusedNone: 'nic',
    badges: { missing: 'brakuje klucza aplikacji', refused: 'ostatnie żądanie odrzucone' },
    state: 'Co dostarcza',
    check: {
      waha: 'Nic jeszcze nie przyszło. Czy sesja w WAHA ma stan „WORKING” i czy WAHA może połączyć się z adresem poniżej? Potem napisz wiadomość na ten numer albo z niego.',
      'whatsapp-cloud':
        'Nic jeszcze nie przyszło. Czy Meta przyjęła adres poniżej („Verify and save”), czy pole „messages” jest subskrybowane, a aplikacja opublikowana? Potem napisz wiadomość na ten numer.',
    },
    missing: (product) =>
      `Brakuje tajnego klucza aplikacji: bez niego ${product} nie odróżni żądań Meta od podrobionych, więc wszystkie odrzuca.`,
    setUp: 'Jak połączyć',
    url: 'Adres (URL)',
    steps: {
      waha: [
        'Uruchom WAHA w Dockerze (zob. waha.devlike.pro), z silnikiem GOWS albo NOWEB.',
        'W jej panelu utwórz sesję z webhookiem: adres poniżej, zdarzenie „message.any” i klucz HMAC poniżej.',
        'W „metadata” podaj user.name i user.email: czyje to konto.',
        'Zeskanuj kod QR telefonem: Ustawienia → Połączone urządzenia → Połącz urządzenie.',
        'Napisz wiadomość na ten numer albo z niego: będzie to tu widać.',
      ],
      'whatsapp-cloud': [
        'Na developers.facebook.com utwórz aplikację dla WhatsAppa i dodaj do niej swój numer.',
        'Skopiuj tajny klucz aplikacji („App secret”) z „App settings → Basic” i wpisz go poniżej.',
        'W aplikacji otwórz „WhatsApp → Configuration → Webhook”. Wklej adres jako „Callback URL” oraz token weryfikacyjny i naciśnij „Verify and save”.',
        'Zasubskrybuj „messages”, a dla numeru w aplikacji WhatsApp Business także „smb_message_echoes”, „smb_app_state_sync” i „history”.',
        'Opublikuj aplikację i napisz wiadomość na ten numer: będzie to tu widać.',
      ],
    },
    reach:
      'Meta łączy się przez internet, po https, a ten adres jest stamtąd nieosiągalny. Postaw przed serwerem proxy z certyfikatem i uruchom serwer z PAKIET_PUBLIC_URL.',
    container: (address) =>
      `Z kontenera ten komputer to host.docker.internal: jeśli WAHA działa tu w Dockerze, niech wklejony adres zaczyna się od ${address}.`,
    secrets: { hmac_key: 'Klucz HMAC', verify_token: 'Token weryfikacyjny (Verify token)' },
    reveal: 'Pokaż, co wkleić',
    hidden: 'Sekret pokazujemy dopiero na Twoje życzenie.',
    appSecret: 'Tajny klucz aplikacji (App secret)',
    appSecretHint: {
      missing: 'Z Twojej aplikacji Meta: App settings → Basic. Nie pokazujemy go ponownie.',
      present: 'Klucz jest wpisany. Nowy zastąpi go od razu.',
    },
    saveSecret: 'Zapisz klucz aplikacji',
    secretSaved: 'Zapisano klucz aplikacji.',
    secretProblem: 'Skopiuj sam klucz, bez spacji.',
    rename: 'Zmień nazwę',
    save: 'Zapisz',
    renamed: 'Zapisano nazwę.',
    rotate: 'Utwórz nowy sekret',
    rotateText:
      'Poprzedni działa jeszcze przez 24 godziny: do tego czasu wklej nowy po drugiej stronie.',
    rotated:
      'Jest nowy sekret: by go zobaczyć, naciśnij poniżej „Pokaż, co wkleić”. Poprzedni działa jeszcze przez 24 godziny.',
    remove: 'Usuń to źródło',
    removeText:
      'Jego adres nie przyjmie już niczego, a to, co na niego wysłano, przepadnie. Wiadomości, które z niego przyszły, zostają.',
    removed: (name) => `Źródło ${name} zostało usunięte.`,
    drops: {
      unreadable: 'żądania, których nie da się odczytać: czy to adres tego rodzaju źródła?',
      invalid: 'wiadomości bez identyfikatora, czasu albo czatu lub zbyt długie',
      unknown_account: 'zdarzenia, które nie mówią, którego konta dotyczą',
      other_event: 'zdarzenia bez wiadomości',
      status: 'potwierdzenia: wysłano, dostarczono, przeczytano',
      story: 'wpisy w „Aktualnościach”',
      channel: 'wpisy na kanałach',
      broadcast: 'wiadomości z list rozgłoszeniowych',
      reaction: 'reakcje',
      vote: 'głosy w ankietach i odpowiedzi na zaproszenia',
      system: 'własne komunikaty WhatsAppa',
      edited: 'edycje wiadomości',
      revoked: 'wycofania wiadomości',
      unsupported: 'wiadomości, których treści nie podano',
      history: 'wiadomości sprzed połączenia konta',
      error: 'błędy w miejscu wiadomości',
    },
  },
};
