import type { ChatExportProblem } from '../../core/chat-export-file.ts';
import { countEn, countPl, type InEach } from '../../core/language.ts';

const en = {
  title: 'Estimate before you connect',
  intro:
    'See how often a Zap would run on your chats, one by one or bundled. In WhatsApp open a chat and choose “Export chat”, “Without media”. Drop the file here, or several.',
  private: 'The files are read and forgotten. Nothing of them is stored or sent anywhere.',
  files: 'Exported chats',
  filesHint: '.txt or .zip, a file for each chat, up to 20 files and 20 MB together.',
  dates: 'How dates like 3/4 are to be read',
  dateChoices: { '': 'Detect', days: '3 April', months: 'March 4' } as Record<string, string>,
  submit: 'Estimate',
  result: 'Zap runs in a month',
  covered: (messages: number, chats: number, from: string, to: string, days: number) =>
    `${countEn(messages, 'text message')} in ${countEn(chats, 'chat')}, ${from} to ${to} (${countEn(days, 'day')}).`,
  skipped: (n: number) =>
    `Skipped: ${countEn(n, 'attachment, notice or deleted message', 'attachments, notices and deleted messages')}.`,
  average:
    'A month is 30 days, an average of the whole period. Received and sent messages are counted.',
  short:
    'A month is 30 days, and these chats cover less, so it is an extrapolation. Received and sent messages are counted.',
  guessed: {
    days_first:
      'Dates like 3/4 were read as 3 April. If that is wrong, choose the other way below.',
    months_first:
      'Dates like 3/4 were read as March 4. If that is wrong, choose the other way below.',
  },
  problems: {
    empty: 'The file is empty.',
    not_a_chat:
      'This is not a chat exported by WhatsApp. Open the chat in WhatsApp and choose “Export chat”, “Without media”.',
    too_large:
      'This is too large: up to 20 files and 20 MB together are read. Whoever runs the server can estimate larger ones there, with npm run estimate.',
    damaged: 'The zip is damaged. Export the chat again.',
    no_text:
      'There are no text messages in these chats, and only text is forwarded: no Zap would run.',
  } as Record<ChatExportProblem, string>,
  none: 'Choose at least one file.',
  busy: 'Other figures are being counted just now. Try again in a moment.',
  named: (file: string, problem: string) => `${file}: ${problem}`,
};

export const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Oszacuj przed połączeniem',
    intro:
      'Zobacz, ile razy Zap uruchomiłby się na Twoich czatach: pojedynczo albo w pakietach. W WhatsAppie otwórz czat i wybierz „Eksportuj czat”, „Bez multimediów”. Upuść tu plik albo kilka plików.',
    private:
      'Pliki odczytujemy i zapominamy. Niczego z nich nie przechowujemy ani nigdzie nie wysyłamy.',
    files: 'Wyeksportowane czaty',
    filesHint: '.txt lub .zip, jeden plik na czat, do 20 plików i 20 MB łącznie.',
    dates: 'Jak czytać daty takie jak 3/4',
    dateChoices: { '': 'Rozpoznaj', days: '3 kwietnia', months: '4 marca' },
    submit: 'Oszacuj',
    result: 'Uruchomienia Zapa w miesiącu',
    covered: (messages, chats, from, to, days) =>
      `${countPl(messages, ['wiadomość tekstowa', 'wiadomości tekstowe', 'wiadomości tekstowych'])} w ${countPl(chats, ['czacie', 'czatach', 'czatach'])}, od ${from} do ${to} (${countPl(days, ['dzień', 'dni', 'dni'])}).`,
    skipped: (n) => `Pominięto załączniki, komunikaty i usunięte wiadomości: ${n}.`,
    average: 'Miesiąc to 30 dni, średnia z całego okresu. Liczymy wiadomości odebrane i wysłane.',
    short:
      'Miesiąc to 30 dni, a te czaty obejmują mniej, więc wynik jest przybliżeniem. Liczymy wiadomości odebrane i wysłane.',
    guessed: {
      days_first:
        'Daty takie jak 3/4 odczytano jako 3 kwietnia. Jeśli to błąd, wybierz poniżej inaczej.',
      months_first:
        'Daty takie jak 3/4 odczytano jako 4 marca. Jeśli to błąd, wybierz poniżej inaczej.',
    },
    problems: {
      empty: 'Plik jest pusty.',
      not_a_chat:
        'To nie jest czat wyeksportowany z WhatsAppa. Otwórz czat w WhatsAppie i wybierz „Eksportuj czat”, „Bez multimediów”.',
      too_large:
        'To za dużo: odczytujemy do 20 plików i 20 MB łącznie. Większe może przeliczyć osoba prowadząca serwer, poleceniem npm run estimate.',
      damaged: 'Plik zip jest uszkodzony. Wyeksportuj czat ponownie.',
      no_text:
        'W tych czatach nie ma wiadomości tekstowych, a przekazujemy tylko tekst: żaden Zap by się nie uruchomił.',
    },
    none: 'Wybierz co najmniej jeden plik.',
    busy: 'Właśnie liczymy inne dane. Spróbuj za chwilę.',
    named: (file, problem) => `${file}: ${problem}`,
  },
};
