import { z } from 'zod';
import { addKey, makeKey } from '../../core/api-keys.ts';
import type { InEach } from '../../core/language.ts';
import type { StoredKey } from '../../store/everyday/workspaces.ts';
import type { Pages, WebContext } from '../context.ts';
import { entered, readForm, requiredName } from '../forms.ts';
import { Page } from '../page.tsx';
import { NotFoundError } from '../problem.tsx';
import { languageOf } from '../reader.ts';
import { hidden, leadTo, send } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { Span, Time } from '../time.tsx';
import { Copyable, Dangerous, Empty, Field, Form, type Problems } from '../ui.tsx';
import { useHref, useWords } from '../view.tsx';
import { ShownOnce } from './shown-once.ts';

const en = {
  title: 'API keys',
  intro:
    'With a key your own programs hand messages in, and Zapier connects. Use a separate key for each, so that you can revoke one without the others.',
  create: 'Create a key',
  label: 'What is it for?',
  labelHint: 'For example: Zapier, or the program that hands messages in.',
  submit: 'Create the key',
  madeTitle: 'Your new key',
  madeText: 'Copy it now: it is shown only this once.',
  madeDone: 'I have copied it',
  columns: { label: 'For', hint: 'Begins with', made: 'Created', used: 'Last used' },
  unlabelled: 'No label',
  never: 'never',
  revoke: 'Revoke',
  revokeText: 'Whatever uses this key is refused from that moment on.',
  revoked: (hint: string) => `The key that begins with ${hint} is revoked.`,
  none: 'There is no key yet',
  noneText: 'Create one to connect Zapier, or a program of your own.',
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Klucze API',
    intro:
      'Klucza potrzebują Twoje programy, by przekazywać wiadomości, i Zapier, by się połączyć. Dla każdego utwórz osobny, a unieważnisz jeden bez ruszania pozostałych.',
    create: 'Utwórz klucz',
    label: 'Do czego służy?',
    labelHint: 'Na przykład: Zapier albo program, który przekazuje wiadomości.',
    submit: 'Utwórz klucz',
    madeTitle: 'Twój nowy klucz',
    madeText: 'Skopiuj go teraz: pokazujemy go tylko ten jeden raz.',
    madeDone: 'Klucz skopiowany',
    columns: { label: 'Do czego', hint: 'Początek', made: 'Utworzony', used: 'Ostatnio użyty' },
    unlabelled: 'Bez opisu',
    never: 'nigdy',
    revoke: 'Unieważnij',
    revokeText: 'Wszystko, co używa tego klucza, będzie od tej chwili odrzucane.',
    revoked: (hint) => `Klucz zaczynający się od ${hint} został unieważniony.`,
    none: 'Nie ma jeszcze klucza',
    noneText: 'Utwórz go, by połączyć Zapier albo własny program.',
  },
};

interface KeysProps {
  keys: StoredKey[];
  values?: Record<string, string>;
  problems?: Problems;
}

function KeysPage({ keys, values = {}, problems = {} }: KeysProps) {
  const text = useWords(words);
  return (
    <Page title={text.title} section="keys">
      <h1>{text.title}</h1>
      <p>{text.intro}</p>
      {keys.length === 0 ? (
        <Empty title={text.none}>
          <p>{text.noneText}</p>
        </Empty>
      ) : (
        <ul class="cards">
          {keys.map((key) => (
            <KeyCard key={key.hash} stored={key} />
          ))}
        </ul>
      )}
      <article>
        <h2>{text.create}</h2>
        <Form action="/keys">
          <Field
            name="label"
            label={text.label}
            hint={text.labelHint}
            value={values.label}
            problem={problems.label}
            required
          />
          <button type="submit">{text.submit}</button>
        </Form>
      </article>
    </Page>
  );
}

function KeyCard({ stored }: { stored: StoredKey }) {
  const text = useWords(words);
  const { hash, hint, label, createdAt, lastUsedAt } = stored;
  return (
    <li class="card">
      <h2 dir="auto">{label || text.unlabelled}</h2>
      <dl class="facts">
        <dt>{text.columns.hint}</dt>
        <dd>
          <code>{hint}…</code>
        </dd>
        <dt>{text.columns.made}</dt>
        <dd>
          <Time at={createdAt} form="day" />
        </dd>
        <dt>{text.columns.used}</dt>
        <dd>{lastUsedAt === null ? text.never : <Span at={lastUsedAt} />}</dd>
      </dl>
      <Dangerous title={text.revoke}>
        <p>{text.revokeText}</p>
        <Form action={`/keys/${hash.slice(0, 16)}/revoke`}>
          <button type="submit" class="danger">
            {text.revoke}
          </button>
        </Form>
      </Dangerous>
    </li>
  );
}

function NewKeyPage({ secret }: { secret: string }) {
  const text = useWords(words);
  const href = useHref();
  return (
    <Page title={text.madeTitle} section="keys">
      <h1>{text.madeTitle}</h1>
      <article>
        <p>{text.madeText}</p>
        <p>
          <Copyable id="key" text={secret} />
        </p>
        <p>
          <a href={href('/keys')} class="button">
            {text.madeDone}
          </a>
        </p>
      </article>
    </Page>
  );
}

const form = z.object({ label: requiredName });

/** The keys of the workspace. */
export function keyPages(pages: Pages, context: WebContext): void {
  const { store, clock } = context;
  const made = new ShownOnce(context);
  const keysOf = async (workspaceId: number) =>
    (await store.read.workspaces.keys()).filter((key) => key.workspaceId === workspaceId);

  pages.get('/keys', hidden, async (request, reply) => {
    const secret = made.take(request, reply);
    if (secret !== null) return send(context, request, reply, <NewKeyPage secret={secret} />);
    const keys = await keysOf(workspaceOf(request).id);
    return send(context, request, reply, <KeysPage keys={keys} />);
  });

  pages.post('/keys', hidden, async (request, reply) => {
    const { id } = workspaceOf(request);
    const read = readForm(form, request.body);
    if (!read.ok) {
      const again = { values: entered(request.body), problems: read.problems };
      return send(context, request, reply, <KeysPage keys={await keysOf(id)} {...again} />, 422);
    }
    const secret = makeKey();
    await addKey(store, id, secret, clock.now(), read.value.label);
    // Not shown as the form's answer: loading that again would make another key.
    made.put(request, reply, secret);
    return leadTo(context, request, reply, '/keys');
  });

  // The start of its hash names a key: enough to tell it, and of no use to anyone else.
  pages.post<{ Params: { start: string } }>(
    '/keys/:start/revoke',
    hidden,
    async (request, reply) => {
      const keys = await keysOf(workspaceOf(request).id);
      const { start } = request.params;
      const key = start.length === 16 && keys.find(({ hash }) => hash.startsWith(start));
      if (!key) throw new NotFoundError();
      await store.transaction((tx) => tx.workspaces.removeKey(key.hash), {
        alone: key.workspaceId,
      });
      const text = words[languageOf(request)].revoked(key.hint);
      return leadTo(context, request, reply, '/keys', { kind: 'done', text });
    },
  );
}
