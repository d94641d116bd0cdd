import type { InEach } from '../core/language.ts';

// The words of the frame around every page, and those that all forms share.

const en = {
  sections: {
    webhooks: 'Webhooks',
    chats: 'Chats',
    accounts: 'WhatsApp accounts',
    keys: 'API keys',
    zapier: 'Zapier',
  },
  skip: 'Skip to the content',
  navigation: 'Main navigation',
  profile: 'Your profile',
  apiDocs: 'API documentation',
  signOut: 'Sign out',
  language: 'Language',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'Copied',
  notFound: {
    title: 'There is nothing here',
    text: 'The page may have been removed, or the address is not complete.',
    next: 'Go to the webhooks',
  },
  broken: {
    title: 'Something went wrong here',
    text: (id: string) =>
      `Nothing you entered was the cause. The server’s log says more, under ${id}.`,
  },
  unavailable: {
    title: 'The server cannot write just now',
    text: 'Nothing was changed. Try again in a moment; messages that were accepted are safe.',
  },
  expired: {
    title: 'This form has expired',
    text: 'Go back, load the page again and send it once more. Your browser must accept cookies of this site.',
  },
  refused: {
    title: 'This request cannot be answered',
    text: 'It is too large, or not in the form that was expected. Nothing was changed.',
  },
  problems: {
    required: 'Fill in this field.',
    too_long: 'This is too long.',
    too_short: 'Use at least 10 characters.',
    email: 'This is not an e-mail address.',
    url: 'Enter a complete address that begins with https:// or http://.',
    number: 'Enter a number.',
    date: 'Enter a date.',
    choice: 'Choose one of the values.',
    invalid: 'This cannot be used here.',
  },
  ownerEmailHint: (sendsMail: boolean): string =>
    sendsMail
      ? 'You sign in with it. We also write to it when errors switch a webhook off.'
      : 'You sign in with it. No e-mail is set up on this server, so look here to see whether errors have switched a webhook off.',
  tryAgainIn: (seconds: number): string =>
    seconds < 60
      ? `Too many failed attempts: try again in ${seconds} s.`
      : `Too many failed attempts: try again in ${Math.ceil(seconds / 60)} min.`,
  formProblem: 'Nothing was saved yet: look at the fields that are marked.',
};

export type Words = typeof en;
export type Problem = keyof Words['problems'];

export const words: InEach<Words> = {
  en,
  pl: {
    sections: {
      webhooks: 'Webhooki',
      chats: 'Czaty',
      accounts: 'Konta WhatsApp',
      keys: 'Klucze API',
      zapier: 'Zapier',
    },
    skip: 'Przejdź do treści',
    navigation: 'Nawigacja główna',
    profile: 'Twój profil',
    apiDocs: 'Dokumentacja API',
    signOut: 'Wyloguj się',
    language: 'Język',
    cancel: 'Anuluj',
    copy: 'Kopiuj',
    copied: 'Skopiowano',
    notFound: {
      title: 'Tu niczego nie ma',
      text: 'Strona mogła zostać usunięta albo adres jest niepełny.',
      next: 'Przejdź do webhooków',
    },
    broken: {
      title: 'Coś poszło nie tak',
      text: (id) =>
        `Wpisane dane nie są przyczyną. Więcej informacji jest w dzienniku serwera, pod ${id}.`,
    },
    unavailable: {
      title: 'Serwer nie może teraz zapisywać',
      text: 'Niczego nie zmieniono. Spróbuj za chwilę; przyjęte wiadomości są bezpieczne.',
    },
    expired: {
      title: 'Ten formularz wygasł',
      text: 'Wróć, wczytaj stronę jeszcze raz i wyślij formularz ponownie. Przeglądarka musi przyjmować pliki cookie tej witryny.',
    },
    refused: {
      title: 'Tego żądania nie można obsłużyć',
      text: 'Jest za duże albo ma inną postać, niż oczekiwano. Niczego nie zmieniono.',
    },
    problems: {
      required: 'Wypełnij to pole.',
      too_long: 'To jest za długie.',
      too_short: 'Użyj co najmniej 10 znaków.',
      email: 'To nie jest adres e-mail.',
      url: 'Wpisz pełny adres, zaczynający się od https:// lub http://.',
      number: 'Wpisz liczbę.',
      date: 'Wpisz datę.',
      choice: 'Wybierz jedną z wartości.',
      invalid: 'Tego nie można tu użyć.',
    },
    ownerEmailHint: (sendsMail) =>
      sendsMail
        ? 'Tym adresem się logujesz; na niego też napiszemy, gdy błędy wyłączą webhook.'
        : 'Tym adresem się logujesz. Ten serwer nie ma skonfigurowanej poczty, więc zaglądaj tutaj, by sprawdzić, czy błędy nie wyłączyły webhooka.',
    tryAgainIn: (seconds) =>
      seconds < 60
        ? `Za dużo nieudanych prób: spróbuj ponownie za ${seconds} s.`
        : `Za dużo nieudanych prób: spróbuj ponownie za ${Math.ceil(seconds / 60)} min.`,
    formProblem: 'Jeszcze niczego nie zapisano: sprawdź zaznaczone pola.',
  },
};
