import type { SourceKind } from '../sources/registry.ts';
import type { RefusalCode } from '../sources/source.ts';
import type { InEach, Language } from './language.ts';

/** The same for every kind, or one for each. */
type Sentence = string | Record<SourceKind, string>;

const sentences: InEach<Record<RefusalCode, Sentence>> = {
  en: {
    no_secret: 'There is no app secret to check it by: enter the one of your Meta app',
    unsigned: {
      waha: 'The request is not signed: give WAHA the HMAC key, beside the URL of the webhook',
      'whatsapp-cloud': 'The request is not signed, so it is not from Meta',
    },
    other_algorithm: 'The request is not signed with HMAC-SHA512, as WAHA does it',
    wrong_signature: {
      waha: 'The signature does not match: copy the HMAC key to WAHA again',
      'whatsapp-cloud': 'The signature does not match: check the app secret',
    },
    no_handshake: 'This URL is for Meta: paste it there as the callback URL of the webhook',
    wrong_token: 'The verify token does not match: copy it to Meta again',
  },
  pl: {
    no_secret:
      'Nie ma tajnego klucza aplikacji, by to sprawdzić: wpisz klucz swojej aplikacji Meta',
    unsigned: {
      waha: 'Żądanie nie jest podpisane: podaj w WAHA klucz HMAC obok adresu webhooka',
      'whatsapp-cloud': 'Żądanie nie jest podpisane, więc nie pochodzi od Meta',
    },
    other_algorithm: 'Żądania nie podpisano metodą HMAC-SHA512, jak robi to WAHA',
    wrong_signature: {
      waha: 'Podpis się nie zgadza: skopiuj klucz HMAC do WAHA jeszcze raz',
      'whatsapp-cloud': 'Podpis się nie zgadza: sprawdź tajny klucz aplikacji',
    },
    no_handshake: 'Ten adres jest dla Meta: wklej go tam jako adres zwrotny webhooka',
    wrong_token: 'Token weryfikacyjny się nie zgadza: skopiuj go do Meta jeszcze raz',
  },
};

/** Why a request to a source was refused, and what to do; without a full stop. */
export function refusalSentence(kind: SourceKind, code: RefusalCode, language: Language): string {
  const sentence = sentences[language][code];
  return typeof sentence === 'string' ? sentence : sentence[kind];
}
