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
      return <OffSince words={states.off_by_errors(status.errors)} at={status.at} />;
    default:
      return <OffSince words={states[status.kind]} at={status.at} />;
  }
}

const Until = ({ words: text, at }: { words: string; at: number }) => (
  <>
    {text} <Span at={at} />
  </>
);

function OffSince({ words: text, at }: { words: string; at: number | null }) {
  const { states } = useWords(words);
  if (at === null) return <>{text}</>;
  return (
    <>
      {text}
      {states.on}
      <Time at={at} form="day" />
    </>
  );
}
