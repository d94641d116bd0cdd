import { ERRORS_TOLERATED } from '../../core/health.ts';
import { countEn, countPl, type InEach } from '../../core/language.ts';

const en = {
  offAfter: (errors: number) => `Switched off after ${countEn(errors, 'error')} in a row`,
  offByYou: 'Switched off by you',
  zapOff: 'The Zap of this webhook is off',
  retrying: 'Deliveries are failing',
  since: 'Since',
  lastError: 'Last error',
  held: 'Held back',
  nextTry: 'Next try',
  rightNow: 'now',
  errors: 'Errors in a row',
  errorsOf: (errors: number) => `${errors}; more than ${ERRORS_TOLERATED} switch the webhook off`,
  repairFirst: 'Repair the cause first; “Send a test” below tells whether the receiver works.',
  switchOn: 'Switch on',
  catchUp: (amount: string) => `Catch up (${amount})`,
  catchUpHint: 'Sends everything that is held back, in order, and goes on from there.',
  cost: (runs: string, isExact: boolean) => `That makes ${isExact ? '' : 'at most '}${runs}.`,
  fromNow: 'Start from now',
  fromNowHint: (amount: string) =>
    `Leaves out what is held back (${amount}) and sends only what comes from now on. “Deliver again” below can still send the rest later.`,
  tryNow: 'Try now',
  tryHint: 'Ends the pause, and counts errors from zero again.',
  zapOffNext:
    'To go on, open Zaps in Zapier and turn on the switch beside this Zap. The webhook is then switched on by itself and sends what is held back.',
  zapOffRule:
    'A Zap that is off for 15 minutes or longer leaves out the messages that come meanwhile.',
  done: {
    trying: 'The pause was ended. The activity log tells how the next try goes.',
    where_it_stopped: 'The webhook is on and catches up on what was held back.',
    now: 'The webhook is on and starts from now.',
  },
};

export const heldWords: InEach<typeof en> = {
  en,
  pl: {
    offAfter: (errors) =>
      `Wyłączony po ${countPl(errors, ['błędzie', 'błędach', 'błędach'])} z rzędu`,
    offByYou: 'Wyłączony przez Ciebie',
    zapOff: 'Zap tego webhooka jest wyłączony',
    retrying: 'Wysyłka się nie powodzi',
    since: 'Od',
    lastError: 'Ostatni błąd',
    held: 'Wstrzymane',
    nextTry: 'Następna próba',
    rightNow: 'teraz',
    errors: 'Błędy z rzędu',
    errorsOf: (errors) => `${errors}; więcej niż ${ERRORS_TOLERATED} wyłącza webhook`,
    repairFirst:
      'Najpierw usuń przyczynę; „Wyślij test” poniżej pokaże, czy serwer docelowy działa.',
    switchOn: 'Włącz',
    catchUp: (amount) => `Nadrób zaległości (${amount})`,
    catchUpHint: 'Wysyła po kolei wszystko, co wstrzymano, i działa dalej.',
    cost: (runs, isExact) => `To ${isExact ? '' : 'najwyżej '}${runs}.`,
    fromNow: 'Zacznij od teraz',
    fromNowHint: (amount) =>
      `Pomija to, co wstrzymano (${amount}), i wysyła tylko to, co przyjdzie od teraz. Resztę możesz wysłać później przez „Wyślij ponownie” poniżej.`,
    tryNow: 'Spróbuj teraz',
    tryHint: 'Kończy przerwę i liczy błędy od zera.',
    zapOffNext:
      'Aby ruszyć dalej, otwórz w Zapierze listę Zapów i włącz przełącznik przy tym Zapie. Webhook włączy się wtedy sam i wyśle to, co wstrzymano.',
    zapOffRule:
      'Gdy Zap jest wyłączony przez 15 minut lub dłużej, wiadomości z tego czasu są pomijane.',
    done: {
      trying: 'Przerwa zakończona. Dziennik aktywności pokaże, jak poszła następna próba.',
      where_it_stopped: 'Webhook jest włączony i nadrabia to, co wstrzymano.',
      now: 'Webhook jest włączony i zaczyna od teraz.',
    },
  },
};
