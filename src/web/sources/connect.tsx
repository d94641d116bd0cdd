import { SOURCE_KINDS, type SourceKind } from '../../sources/registry.ts';
import { EstimateLink } from '../estimate/link.tsx';
import { Page } from '../page.tsx';
import { Field, Form, type Problems } from '../ui.tsx';
import { useHref, useWords } from '../view.tsx';
import { words } from './words.ts';

export interface ConnectProps {
  /** The form that was refused, with what was entered. */
  refused?: { kind: string; values: Record<string, string>; problems: Problems };
}

/** The ways in which WhatsApp can be connected. */
export function ConnectPage({ refused }: ConnectProps) {
  const text = useWords(words);
  const href = useHref();
  return (
    <Page title={text.title} section="accounts">
      <h1>{text.title}</h1>
      <p>{text.intro}</p>
      <EstimateLink />
      {SOURCE_KINDS.map((kind) => (
        <Way key={kind} kind={kind} refused={refused?.kind === kind ? refused : undefined} />
      ))}
      <article>
        <h2>{text.otherTitle}</h2>
        <p>{text.other}</p>
        <p>
          <a href={href('/keys')}>{text.createKey}</a>
        </p>
      </article>
      <p>
        <a href={href('/accounts')}>{text.back}</a>
      </p>
    </Page>
  );
}

function Way({ kind, refused }: { kind: SourceKind; refused: ConnectProps['refused'] }) {
  const text = useWords(words);
  const isRisky = kind === 'waha';
  return (
    <article>
      <h2>{text.kinds[kind]}</h2>
      <p>{text.about[kind]}</p>
      <p class={isRisky ? 'notice warning' : 'soft'}>{text.risk[kind]}</p>
      <Form action="/connect" label={text.kinds[kind]}>
        <input type="hidden" name="kind" value={kind} />
        <Field
          id={`name-${kind}`}
          name="name"
          label={text.name}
          hint={text.nameHint}
          value={refused?.values.name}
          problem={refused?.problems.name}
        />
        <button type="submit">{text.create}</button>
      </Form>
    </article>
  );
}
