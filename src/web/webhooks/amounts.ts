import { countEn, countPl, type InEach } from '../../core/language.ts';
import { WAITING_COUNTED } from '../../core/switch.ts';

// How much of what, as several parts of a webhook's page say it.

const en = {
  messages: (n: number) => countEn(n, 'message'),
  requests: (n: number) => countEn(n, 'request'),
  zapRuns: (n: number) => countEn(n, 'Zap run'),
  orMore: (amount: string) => `${amount} or more`,
};

const pl: typeof en = {
  messages: (n) => countPl(n, ['wiadomość', 'wiadomości', 'wiadomości']),
  requests: (n) => countPl(n, ['żądanie', 'żądania', 'żądań']),
  zapRuns: (n) => countPl(n, ['uruchomienie Zapa', 'uruchomienia Zapa', 'uruchomień Zapa']),
  orMore: (amount) => `co najmniej ${amount}`,
};

export const amounts: InEach<typeof en> = { en, pl };

/** An amount of messages that wait, which are not all counted where there are very many. */
export const waitingAmount = (n: number, { messages, orMore }: typeof en): string =>
  n < WAITING_COUNTED ? messages(n) : orMore(messages(n));
