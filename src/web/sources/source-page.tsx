import { missingSecrets, ourSecrets, sourceUrl } from '../../core/source-actions.ts';
import type { StoredSource } from '../../store/rows.ts';
import { Page } from '../page.tsx';
import { Copyable, Dangerous, Field, Form, type Problems } from '../ui.tsx';
import { useHref, useView, useWords } from '../view.tsx';
import { kindOf, SourceState, useSourceName } from './source-state.tsx';
import { words } from './words.ts';

/** Whether its owner has a secret of the other end to enter. */
export const takesAppSecret = ({ kind }: StoredSource) => kind === 'whatsapp-cloud';

export interface SourcePageProps {
  source: StoredSource;
  /** Whether the secrets that are to be pasted are shown. */
  isRevealed?: boolean;
  /** What was refused, by the name of the field. */
  values?: Record<string, string>;
  problems?: Problems;
}

/** One source: how it stands, how it is set up, and what can be done with it. */
export function SourcePage(props: SourcePageProps) {
  const { source, values = {}, problems = {} } = props;
  const text = useWords(words);
  const href = useHref();
  const nameOf = useSourceName();
  const { productName } = useView();
  const path = `/connect/${source.id}`;
  const [missing] = missingSecrets(source);
  return (
    <Page title={nameOf(source)} section="accounts">
      <h1>
        <bdi>{nameOf(source)}</bdi>
      </h1>
      <p class="soft">{text.kinds[kindOf(source)]}</p>
      {missing && <p class="notice warning">{text.missing(productName)}</p>}
      <SourceState source={source} />
      <SetUp {...props} />
      <article>
        <h2>{text.rename}</h2>
        <Form action={`${path}/name`}>
          <Field
            name="name"
            label={text.name}
            hint={text.nameHint}
            value={values.name ?? source.name}
            problem={problems.name}
          />
          <button type="submit" class="outline">
            {text.save}
          </button>
        </Form>
      </article>
      <article>
        <Dangerous title={text.rotate}>
          <p>{text.rotateText}</p>
          <Form action={`${path}/rotate`}>
            <button type="submit" class="danger">
              {text.rotate}
            </button>
          </Form>
        </Dangerous>
        <Dangerous title={text.remove}>
          <p>{text.removeText}</p>
          <Form action={`${path}/delete`}>
            <button type="submit" class="danger">
              {text.remove}
            </button>
          </Form>
        </Dangerous>
      </article>
      <p>
        <a href={href('/accounts')}>{text.back}</a>
      </p>
    </Page>
  );
}

const isOfThisMachine = (url: string) =>
  /^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(url).hostname);

/** This machine's address as it is inside a container. */
function seenFromContainer(url: string): string {
  const seen = new URL(url);
  seen.hostname = 'host.docker.internal';
  return seen.href.replace(/\/$/, '');
}

function SetUp({ source, isRevealed = false, problems = {} }: SourcePageProps) {
  const text = useWords(words);
  const { publicUrl } = useView();
  const kind = kindOf(source);
  const takesSecret = takesAppSecret(source);
  const hint = text.appSecretHint[missingSecrets(source).length > 0 ? 'missing' : 'present'];
  return (
    <article>
      <h2>{text.setUp}</h2>
      <ol>
        {text.steps[kind].map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <h3>{text.url}</h3>
      <p>
        <Copyable id="url" text={sourceUrl(publicUrl, source)} />
      </p>
      {kind === 'waha' && isOfThisMachine(publicUrl) && (
        <p class="notice warning">{text.container(seenFromContainer(publicUrl))}</p>
      )}
      {takesSecret && !publicUrl.startsWith('https:') && <p class="notice warning">{text.reach}</p>}
      {isRevealed ? (
        Object.entries(ourSecrets(source)).map(([name, secret]) => (
          <div key={name}>
            <h3>{text.secrets[name]}</h3>
            <p>
              <Copyable id={name} text={secret} />
            </p>
          </div>
        ))
      ) : (
        <Form action={`/connect/${source.id}/reveal`}>
          <p class="soft">{text.hidden}</p>
          <p>
            <button type="submit">{text.reveal}</button>
          </p>
        </Form>
      )}
      {takesSecret && (
        <Form action={`/connect/${source.id}/secret`}>
          <Field
            name="app_secret"
            type="password"
            autocomplete="off"
            label={text.appSecret}
            hint={hint}
            problem={problems.app_secret}
            required
          />
          <button type="submit">{text.saveSecret}</button>
        </Form>
      )}
    </article>
  );
}
