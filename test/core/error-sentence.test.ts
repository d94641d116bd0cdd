import { describe, expect, test } from '@jest/globals';
import { errorSentence } from '../../src/core/error-sentence.ts';
import type { StoredError } from '../../src/store/facts.ts';

const TRUST_EN =
  'if it is to be trusted, start the server with NODE_EXTRA_CA_CERTS=<file with the certificate of its authority>';
const TRUST_PL =
  'jeśli ma być uznawany za zaufany, uruchom aplikację z ustawieniem NODE_EXTRA_CA_CERTS=<plik z certyfikatem urzędu, który go wystawił>';
const CLOSED_EN = 'the receiver closed the connection before it had answered in full';
const CLOSED_PL = 'serwer docelowy zamknął połączenie, zanim przesłał całą odpowiedź';
const UNKNOWN_EN = `its certificate is from an authority that this server does not know, or the receiver does not send the intermediate certificate; ${TRUST_EN}`;
const UNKNOWN_PL = `jego certyfikat wystawił urząd, którego aplikacja nie zna, albo serwer nie przesyła certyfikatu pośredniego; ${TRUST_PL}`;

type Case = [StoredError, en: string, pl: string];

const connection = (cause: string, en: string, pl: string): Case => [
  { code: 'connection_failed', cause },
  `No connection: ${en} (${cause})`,
  `Brak połączenia: ${pl} (${cause})`,
];
const tls = (cause: string, en: string, pl: string): Case => [
  { code: 'tls_failed', cause },
  `No secure connection: ${en} (${cause})`,
  `Brak bezpiecznego połączenia z serwerem docelowym: ${pl} (${cause})`,
];
const flaw = (cause: string, en: string, pl: string): Case => [
  { code: 'bad_answer', cause },
  `The answer is not proper HTTP: ${en}`,
  `Odpowiedź nie jest zgodna z HTTP: ${pl}`,
];

const NO_WAY = ['no way leads to that address', 'do tego adresu nie prowadzi żadna droga'] as const;
const NO_TLS = [
  'what answers there does not speak proper TLS',
  'to, co odpowiada pod tym adresem, nie obsługuje poprawnie TLS',
] as const;

test.each<Case>([
  [
    { code: 'status_404' },
    'The receiver answered 404; only 200 is success',
    'Serwer docelowy odpowiedział kodem 404; tylko 200 oznacza powodzenie',
  ],
  [
    { code: 'status_302' },
    'The receiver answered 302; redirects are not followed: enter the final address',
    'Serwer docelowy odpowiedział kodem 302; przekierowania nie są obsługiwane: podaj adres końcowy',
  ],
  [
    { code: 'timeout', seconds: 10 },
    'The receiver did not answer in full within 10 seconds',
    'Serwer docelowy nie przesłał całej odpowiedzi w ciągu 10 sekund',
  ],
  connection(
    'ECONNREFUSED',
    'nothing listens at that address and port',
    'pod tym adresem i portem nic nie działa',
  ),
  connection('ECONNRESET', CLOSED_EN, CLOSED_PL),
  connection('EPIPE', CLOSED_EN, CLOSED_PL),
  connection('UND_ERR_SOCKET', CLOSED_EN, CLOSED_PL),
  connection('ENOTFOUND', 'there is no such host name', 'nie ma takiej nazwy hosta'),
  connection(
    'EAI_AGAIN',
    'the host name cannot be looked up at the moment',
    'w tej chwili nie da się odnaleźć adresu tego hosta',
  ),
  connection('EHOSTUNREACH', ...NO_WAY),
  connection('ENETUNREACH', ...NO_WAY),
  [
    { code: 'connection_failed', cause: 'EADDRNOTAVAIL' },
    'No connection: EADDRNOTAVAIL',
    'Brak połączenia: EADDRNOTAVAIL',
  ],
  tls('CERT_HAS_EXPIRED', 'its certificate has expired', 'jego certyfikat wygasł'),
  tls(
    'CERT_NOT_YET_VALID',
    'its certificate is not valid yet',
    'jego certyfikat nie jest jeszcze ważny',
  ),
  tls('CERT_REVOKED', 'its certificate has been revoked', 'jego certyfikat został unieważniony'),
  tls(
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    `its certificate is self-signed; ${TRUST_EN}`,
    `jego certyfikat jest samopodpisany; ${TRUST_PL}`,
  ),
  tls(
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'its certificate is for another host name',
    'jego certyfikat wystawiono dla innej nazwy hosta',
  ),
  tls('SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_EN, UNKNOWN_PL),
  tls('UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_EN, UNKNOWN_PL),
  tls('UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_EN, UNKNOWN_PL),
  tls('UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_EN, UNKNOWN_PL),
  tls('EPROTO', ...NO_TLS),
  tls('ERR_SSL_WRONG_VERSION_NUMBER', ...NO_TLS),
  flaw(
    'endless',
    'it goes on without end, and not in its body',
    'ciągnie się bez końca, i to poza treścią',
  ),
  flaw('long_headers', 'its headers are longer than 16 KiB', 'jej nagłówki są dłuższe niż 16 KiB'),
  flaw(
    'wrong_length',
    'its body is not as long as its Content-Length says',
    'jej treść ma inną długość, niż podaje nagłówek Content-Length',
  ),
  flaw(
    'not_final',
    'its status is not one that ends a request',
    'jej kod stanu nie kończy żądania',
  ),
  flaw('Invalid header token', 'Invalid header token', 'Invalid header token'),
  [
    { code: 'address_refused', host: 'crm.example', address: '10.0.0.7' },
    'crm.example (10.0.0.7) is not an address on the public internet. If webhooks are to reach it, start the server with PAKIET_ALLOW_NETWORKS=10.0.0.7/32',
    'crm.example (10.0.0.7) nie jest adresem w publicznym internecie. Jeśli webhooki mają do niego docierać, uruchom aplikację z ustawieniem PAKIET_ALLOW_NETWORKS=10.0.0.7/32',
  ],
  [
    { code: 'address_refused', host: '::1', address: '::1' },
    '::1 is not an address on the public internet. If webhooks are to reach it, start the server with PAKIET_ALLOW_NETWORKS=::1/128',
    '::1 nie jest adresem w publicznym internecie. Jeśli webhooki mają do niego docierać, uruchom aplikację z ustawieniem PAKIET_ALLOW_NETWORKS=::1/128',
  ],
  [{ code: 'told', text: 'No connection' }, 'No connection', 'No connection'],
])('%j is a sentence in each language', (error, en, pl) => {
  expect(errorSentence(error, 'en')).toBe(en);
  expect(errorSentence(error, 'pl')).toBe(pl);
});

test.each([301, 302, 303, 307, 308])('%i is told as a redirect', (status) => {
  const error = { code: `status_${status}` } as const;
  expect(errorSentence(error, 'en')).toMatch(/redirects are not followed/);
  expect(errorSentence(error, 'pl')).toMatch(/przekierowania nie są obsługiwane/);
});

test.each([201, 204, 300, 304, 410, 999])('%i is told as no success', (status) => {
  const error = { code: `status_${status}` } as const;
  expect(errorSentence(error, 'en')).toMatch(/only 200 is success/);
  expect(errorSentence(error, 'pl')).toMatch(/tylko 200 oznacza powodzenie/);
});

describe('in Polish a time limit takes the form of its number', () => {
  test.each([
    [1, 'sekundy'],
    [2, 'sekund'],
    [5, 'sekund'],
    [12, 'sekund'],
    [22, 'sekund'],
    [112, 'sekund'],
  ])('%i %s', (seconds, form) => {
    expect(errorSentence({ code: 'timeout', seconds }, 'pl')).toMatch(`w ciągu ${seconds} ${form}`);
  });
});
