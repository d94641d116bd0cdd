import type { InEach } from '../../core/language.ts';

// What to do about a request that failed, by the code of its error.

const en = {
  timeout: 'Let the receiver answer 200 at once, and do its work afterwards: it has 10 seconds.',
  connection_failed: 'Check the Webhook URL, and whether the receiver is running.',
  tls_failed: 'Have the receiver’s certificate repaired, or check the Webhook URL.',
  bad_answer: 'Look at the program that answers at this address, or at the proxy before it.',
  address_refused:
    'Enter an address on the public internet, or have whoever runs this server allow that one.',
  success: 'Let the receiver answer exactly 200.',
  redirect: 'Enter the address to which it leads: it stands in the response under “location”.',
  access: 'The receiver asks for a permission: check whether the Webhook URL is whole.',
  missing: 'There is nothing at this address: check the Webhook URL.',
  busy: 'The receiver is overloaded at the moment: try again in a while.',
  refused: 'The receiver did not like the request: its response, below, may say why.',
  broken: 'The receiver itself has failed: its own log should say why.',
};

type Advice = keyof typeof en;

export const advice: InEach<typeof en> = {
  en,
  pl: {
    timeout: 'Niech serwer docelowy najpierw odpowie 200, a potem pracuje: ma na to 10 sekund.',
    connection_failed: 'Sprawdź adres URL webhooka i to, czy serwer docelowy działa.',
    tls_failed: 'Certyfikat serwera docelowego wymaga naprawy; sprawdź też adres URL webhooka.',
    bad_answer: 'Sprawdź program, który odpowiada pod tym adresem, albo serwer proxy przed nim.',
    address_refused:
      'Podaj adres w publicznym internecie albo poproś administratora serwera, by na ten zezwolił.',
    success: 'Niech serwer docelowy odpowiada dokładnie kodem 200.',
    redirect: 'Podaj adres, do którego to prowadzi: jest w odpowiedzi pod „location”.',
    access: 'Serwer docelowy wymaga uprawnień: sprawdź, czy adres URL webhooka jest pełny.',
    missing: 'Pod tym adresem nic nie ma: sprawdź adres URL webhooka.',
    busy: 'Serwer docelowy jest teraz przeciążony: spróbuj za jakiś czas.',
    refused: 'Serwer docelowy nie przyjął żądania: odpowiedź poniżej może mówić dlaczego.',
    broken: 'Zawiódł sam serwer docelowy: powód powinien być w jego dzienniku.',
  },
};

const isAdvice = (code: string): code is Advice => code in en;

const BY_STATUS: Record<number, Advice> = {
  401: 'access',
  403: 'access',
  404: 'missing',
  410: 'missing',
  429: 'busy',
  503: 'busy',
};

const BY_CLASS: Record<number, Advice> = { 2: 'success', 3: 'redirect', 5: 'broken' };

/** @param code of a send error, such as `timeout` or `status_404` */
export function adviceOn(code: string): Advice {
  if (isAdvice(code)) return code;
  const status = Number(code.slice('status_'.length));
  return BY_STATUS[status] ?? BY_CLASS[Math.floor(status / 100)] ?? 'refused';
}
