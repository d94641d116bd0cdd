import type { StoredError } from '../store/facts.ts';
import { countPl, type InEach, type Language } from './language.ts';

type Causes = Record<string, InEach<string>>;

const trust = {
  en: 'if it is to be trusted, start the server with NODE_EXTRA_CA_CERTS=<file with the certificate of its authority>',
  pl: 'jeśli ma być uznawany za zaufany, uruchom aplikację z ustawieniem NODE_EXTRA_CA_CERTS=<plik z certyfikatem urzędu, który go wystawił>',
} satisfies InEach<string>;

const unknownAuthority = {
  en: `its certificate is from an authority that this server does not know, or the receiver does not send the intermediate certificate; ${trust.en}`,
  pl: `jego certyfikat wystawił urząd, którego aplikacja nie zna, albo serwer nie przesyła certyfikatu pośredniego; ${trust.pl}`,
} satisfies InEach<string>;

const TLS_CAUSES: Causes = {
  CERT_HAS_EXPIRED: {
    en: 'its certificate has expired',
    pl: 'jego certyfikat wygasł',
  },
  CERT_NOT_YET_VALID: {
    en: 'its certificate is not valid yet',
    pl: 'jego certyfikat nie jest jeszcze ważny',
  },
  CERT_REVOKED: {
    en: 'its certificate has been revoked',
    pl: 'jego certyfikat został unieważniony',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    en: `its certificate is self-signed; ${trust.en}`,
    pl: `jego certyfikat jest samopodpisany; ${trust.pl}`,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    en: 'its certificate is for another host name',
    pl: 'jego certyfikat wystawiono dla innej nazwy hosta',
  },
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
};

const noTls = {
  en: 'what answers there does not speak proper TLS',
  pl: 'to, co odpowiada pod tym adresem, nie obsługuje poprawnie TLS',
} satisfies InEach<string>;

const closed = {
  en: 'the receiver closed the connection before it had answered in full',
  pl: 'serwer docelowy zamknął połączenie, zanim przesłał całą odpowiedź',
} satisfies InEach<string>;

const noWay = {
  en: 'no way leads to that address',
  pl: 'do tego adresu nie prowadzi żadna droga',
} satisfies InEach<string>;

const CONNECTION_CAUSES: Causes = {
  ECONNREFUSED: {
    en: 'nothing listens at that address and port',
    pl: 'pod tym adresem i portem nic nie działa',
  },
  ECONNRESET: closed,
  EPIPE: closed,
  UND_ERR_SOCKET: closed,
  ENOTFOUND: {
    en: 'there is no such host name',
    pl: 'nie ma takiej nazwy hosta',
  },
  EAI_AGAIN: {
    en: 'the host name cannot be looked up at the moment',
    pl: 'w tej chwili nie da się odnaleźć adresu tego hosta',
  },
  EHOSTUNREACH: noWay,
  ENETUNREACH: noWay,
};

/** What is wrong with an answer; anything else is in the HTTP parser's own words. */
const FLAWS = {
  endless: {
    en: 'it goes on without end, and not in its body',
    pl: 'ciągnie się bez końca, i to poza treścią',
  },
  long_headers: {
    en: 'its headers are longer than 16 KiB',
    pl: 'jej nagłówki są dłuższe niż 16 KiB',
  },
  wrong_length: {
    en: 'its body is not as long as its Content-Length says',
    pl: 'jej treść ma inną długość, niż podaje nagłówek Content-Length',
  },
  not_final: {
    en: 'its status is not one that ends a request',
    pl: 'jej kod stanu nie kończy żądania',
  },
} satisfies Causes;

export type Flaw = keyof typeof FLAWS;

export const isTlsCause = (code: string): boolean => code in TLS_CAUSES;

const REDIRECTS = ['301', '302', '303', '307', '308'];

/** Why a request counts as an error, as one sentence without a full stop, for the owner of the webhook. */
export const errorSentence = (error: StoredError, language: Language): string =>
  SENTENCES[language](error);

const SENTENCES = { en: inEnglish, pl: inPolish } satisfies InEach<(error: StoredError) => string>;

function inEnglish(error: StoredError): string {
  switch (error.code) {
    case 'told':
      return error.text;
    case 'timeout':
      return `The receiver did not answer in full within ${error.seconds} seconds`;
    case 'connection_failed':
      return `No connection: ${withCode(CONNECTION_CAUSES, error.cause, 'en')}`;
    case 'tls_failed':
      return `No secure connection: ${withCode(TLS_CAUSES, error.cause, 'en', noTls)}`;
    case 'bad_answer':
      return `The answer is not proper HTTP: ${flaw(error.cause, 'en')}`;
    case 'address_refused':
      return `${whereOf(error)} is not an address on the public internet. If webhooks are to reach it, start the server with ${allowing(error)}`;
    default: {
      const status = error.code.slice('status_'.length);
      const why = REDIRECTS.includes(status)
        ? 'redirects are not followed: enter the final address'
        : 'only 200 is success';
      return `The receiver answered ${status}; ${why}`;
    }
  }
}

function inPolish(error: StoredError): string {
  switch (error.code) {
    case 'told':
      return error.text;
    case 'timeout':
      return `Serwer docelowy nie przesłał całej odpowiedzi w ciągu ${countPl(error.seconds, ['sekundy', 'sekund', 'sekund'])}`;
    case 'connection_failed':
      return `Brak połączenia: ${withCode(CONNECTION_CAUSES, error.cause, 'pl')}`;
    case 'tls_failed':
      return `Brak bezpiecznego połączenia z serwerem docelowym: ${withCode(TLS_CAUSES, error.cause, 'pl', noTls)}`;
    case 'bad_answer':
      return `Odpowiedź nie jest zgodna z HTTP: ${flaw(error.cause, 'pl')}`;
    case 'address_refused':
      return `${whereOf(error)} nie jest adresem w publicznym internecie. Jeśli webhooki mają do niego docierać, uruchom aplikację z ustawieniem ${allowing(error)}`;
    default: {
      const status = error.code.slice('status_'.length);
      const why = REDIRECTS.includes(status)
        ? 'przekierowania nie są obsługiwane: podaj adres końcowy'
        : 'tylko 200 oznacza powodzenie';
      return `Serwer docelowy odpowiedział kodem ${status}; ${why}`;
    }
  }
}

function withCode(causes: Causes, code: string, language: Language, other?: InEach<string>) {
  const why = (causes[code] ?? other)?.[language];
  return why ? `${why} (${code})` : code;
}

const flaw = (cause: string, language: Language) => (FLAWS as Causes)[cause]?.[language] ?? cause;

type Refused = Extract<StoredError, { code: 'address_refused' }>;

const whereOf = ({ host, address }: Refused) =>
  host === address ? address : `${host} (${address})`;

const allowing = ({ address }: Refused) =>
  `PAKIET_ALLOW_NETWORKS=${address}/${address.includes(':') ? 128 : 32}`;
