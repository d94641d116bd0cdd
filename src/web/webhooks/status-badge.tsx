import type { WebhookStatus } from '../../core/webhooks.ts';
import type { Webhook } from '../../store/rows.ts';
import { Span, Time } from '../time.tsx';
import { useView, useWords } from '../view.tsx';
import { type Status, statusOf } from './status.ts';
import { words } from './words.ts';

const COLOURS: Record<Status['kind'], string> = {
  nothing_yet: '',
  delivering: 'good',
  gathering: 'good',
  retrying: 'warn',
  off_by_errors: 'bad',
  off_by_owner: '',
  zap_off: '',
};

/** What the webhook is doing, in a few words. */
export function StatusBadge({ webhook, status }: { webhook: Webhook; status: WebhookStatus }) {
  const { now } = useView();
  const judged = statusOf(webhook, status, now);
  return (
    <span class={`badge ${COLOURS[judged.kind]}`}>
      <StatusText status={judged} />
    </span>
  );
}

function StatusText({ status }: { status: Status }) {
  const { states } = useWords(words);
  const { now } = useView();
  switch (status.kind) {
    case 'nothing_yet':
    case 'delivering':
      return <>{states[status.kind]}</>;
    case 'retrying':
      if (status.next === null) return <>{states.retryingIdle}</>;
      if (status.next <= now) return <>{states.retryingNow}</>;
      return <Until words={states.retrying} at={status.next} />;
    case 'gathering':
      return <Until words={states.gathering} at={status.next} />;
    case 'off_by_errors':
      return <Dated words={states.off_by_errors(status.errors)} link={states.on} at={status.at} />;
    case 'off_by_owner':
      return <Dated words={states.off_by_owner} link={states.on} at={status.at} />;
    case 'zap_off':
      return <Dated words={states.zap_off} link={states.since} at={status.at} />;
  }
}

const Until = ({ words: text, at }: { words: string; at: number }) => (
  <>
    {text} <Span at={at} />
  </>
);

function Dated({ words: text, link, at }: { words: string; link: string; at: number | null }) {
  return (
    <>
      {text}
      {at !== null && link}
      {at !== null && <Time at={at} form="day" />}
    </>
  );
}
