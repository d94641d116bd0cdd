import type { Language } from '../../core/language.ts';
import { missingSecrets } from '../../core/source-actions.ts';
import { refusalSentence } from '../../core/source-sentence.ts';
import type { SourceKind } from '../../sources/registry.ts';
import type { DropReason, RefusalCode } from '../../sources/source.ts';
import type { StoredSource } from '../../store/rows.ts';
import { formatTime, Span } from '../time.tsx';
import { useHref, useView, useWords } from '../view.tsx';
import { words } from './words.ts';

export const kindOf = ({ kind }: StoredSource) => kind as SourceKind;

/** What a source is called: its name, else its kind and the day on which it was made. */
export const sourceName = (source: StoredSource, language: Language, zone: string): string =>
  source.name ||
  `${words[language].short[kindOf(source)]}, ${formatTime(source.createdAt, 'day', language, zone)}`;

export const useSourceName = (): ((source: StoredSource) => string) => {
  const { language, zone } = useView();
  return (source) => sourceName(source, language, zone);
};

const Heard = ({ source: { lastHeardAt } }: { source: StoredSource }) => {
  const { never } = useWords(words);
  return lastHeardAt === null ? <span>{never}</span> : <Span at={lastHeardAt} />;
};

/** How a source stands now; keeps itself up to date. */
export function SourceState({ source }: { source: StoredSource }) {
  const text = useWords(words);
  const { language } = useView();
  const href = useHref();
  const number = new Intl.NumberFormat(language);
  const { id, taken, dropped, lastHeardAt, lastRefused } = source;
  const kind = kindOf(source);
  const drops = Object.entries(dropped).sort(([, a], [, b]) => b - a);
  return (
    <section
      id="state"
      class="card"
      aria-labelledby="state-title"
      hx-get={href(`/connect/${id}/state`)}
      hx-trigger="every 5s"
      hx-swap="outerHTML"
    >
      <h2 id="state-title">{text.state}</h2>
      {lastHeardAt === null && <p class="notice warning">{text.check[kind]}</p>}
      <dl class="facts">
        <dt>{text.heard}</dt>
        <dd>
          <Heard source={source} />
        </dd>
        <dt>{text.taken}</dt>
        <dd>{text.messages(taken)}</dd>
        <dt>{text.dropped}</dt>
        <dd>
          {drops.length === 0 && text.droppedNone}
          {drops.map(([reason, n]) => (
            <div key={reason}>{`${number.format(n)} × ${text.drops[reason as DropReason]}`}</div>
          ))}
          <div class="soft">{text.droppedElsewhere}</div>
        </dd>
        <dt>{text.refused}</dt>
        <dd>
          {lastRefused === null ? (
            text.refusedNone
          ) : (
            <>
              <Span at={lastRefused.at} />
              {': '}
              {`${refusalSentence(kind, lastRefused.code as RefusalCode, language)}.`}
            </>
          )}
        </dd>
      </dl>
    </section>
  );
}

/** What keeps a source from bringing anything. */
function Badges({ source }: { source: StoredSource }) {
  const { badges } = useWords(words);
  const { lastHeardAt, lastRefused } = source;
  const isMissing = missingSecrets(source).length > 0;
  const isRefused = lastRefused !== null && lastRefused.at > (lastHeardAt ?? 0);
  if (!isMissing && !isRefused) return null;
  return (
    <span>
      {isMissing && <span class="badge warn">{badges.missing}</span>}{' '}
      {isRefused && <span class="badge bad">{badges.refused}</span>}
    </span>
  );
}

/** The workspace's sources, each with what matters most, and the way to another one. */
export function SourceList({ sources }: { sources: readonly StoredSource[] }) {
  const text = useWords(words);
  const href = useHref();
  const nameOf = useSourceName();
  return (
    <section class="card" aria-labelledby="sources-title">
      <h2 id="sources-title">{text.connections}</h2>
      <p class="soft">{sources.length === 0 ? text.none : text.connectionsText}</p>
      <ul class="rows">
        {sources.map((source) => (
          <li key={source.id}>
            <a href={href(`/connect/${source.id}`)}>
              <bdi>{nameOf(source)}</bdi>
            </a>
            <Badges source={source} />
            <span class="soft">
              {`${text.short[kindOf(source)]} · ${text.heard}: `}
              <Heard source={source} />
              {` · ${text.taken}: ${text.messages(source.taken)}`}
            </span>
          </li>
        ))}
      </ul>
      <p class="actions">
        <a class="button" href={href('/connect')}>
          {text.connect}
        </a>
      </p>
    </section>
  );
}
