import { z } from 'zod';
import { countEn, countPl, type InEach } from '../../core/language.ts';
import { ReportFailedError, ReportsBusyError } from '../../core/reports.ts';
import type { AccountFigures } from '../../store/report-log.ts';
import type { Account, StoredSource } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { entered, nameField, optionalEmailField, readForm } from '../forms.ts';
import { Page } from '../page.tsx';
import { NotFoundError } from '../problem.tsx';
import { languageOf, zoneOf } from '../reader.ts';
import { hidden, leadTo, send } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { SourceList } from '../sources/source-state.tsx';
import { words as sourceWords } from '../sources/words.ts';
import { Span, startOfDay } from '../time.tsx';
import { Empty, Field, Form, type Problems } from '../ui.tsx';
import { useHref, useWords } from '../view.tsx';

const en = {
  title: 'WhatsApp accounts',
  none: 'No WhatsApp account yet',
  noneText:
    'An account appears here with its first message. Connect a phone or a business number, or have your program hand messages in with an API key.',
  createKey: 'Create an API key',
  apiDocs: 'How to hand messages in',
  last: 'Last message',
  today: 'Today',
  messages: (n: number) => countEn(n, 'message'),
  never: 'none is kept',
  unknown: 'not known just now',
  skipped: 'Skipped',
  skippedNone: 'nothing',
  attachment: (n: number) => `${countEn(n, 'message')} with an attachment: only text is carried`,
  noText: (n: number) => `${countEn(n, 'message')} without text`,
  person: 'Who connected it',
  name: 'Name',
  nameHint: 'Sent with every delivery as the account’s name.',
  email: 'E-mail address',
  save: 'Save',
  edit: 'Change name and e-mail',
  saved: (phone: string) => `Saved who connected ${phone}.`,
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Konta WhatsApp',
    none: 'Nie ma jeszcze konta WhatsApp',
    noneText:
      'Konto pojawi się tu z pierwszą wiadomością. Połącz telefon lub numer firmowy albo niech Twój program przekazuje wiadomości, używając klucza API.',
    createKey: 'Utwórz klucz API',
    apiDocs: 'Jak przekazywać wiadomości',
    last: 'Ostatnia wiadomość',
    today: 'Dzisiaj',
    messages: (n) => countPl(n, ['wiadomość', 'wiadomości', 'wiadomości']),
    never: 'żadnej nie przechowujemy',
    unknown: 'w tej chwili nie wiadomo',
    skipped: 'Pominięto',
    skippedNone: 'nic',
    attachment: (n) =>
      `${countPl(n, ['wiadomość', 'wiadomości', 'wiadomości'])} z załącznikiem: przekazujemy tylko tekst`,
    noText: (n) => `${countPl(n, ['wiadomość', 'wiadomości', 'wiadomości'])} bez tekstu`,
    person: 'Kto je podłączył',
    name: 'Imię i nazwisko',
    nameHint: 'Trafia do każdej przesyłki jako nazwa konta.',
    email: 'Adres e-mail',
    save: 'Zapisz',
    edit: 'Zmień imię i nazwisko lub e-mail',
    saved: (phone) => `Zapisano, kto podłączył ${phone}.`,
  },
};

interface AccountsProps {
  accounts: Account[];
  sources: StoredSource[];
  /** Null where they cannot be counted just now. */
  figures: Map<number, AccountFigures> | null;
  /** The one whose form was refused, with what was entered. */
  refused?: { phone: string; values: Record<string, string>; problems: Problems };
}

function AccountsPage({ accounts, sources, figures, refused }: AccountsProps) {
  const text = useWords(words);
  const { connect } = useWords(sourceWords);
  const href = useHref();
  return (
    <Page title={text.title} section="accounts">
      <h1>{text.title}</h1>
      {accounts.length === 0 && (
        <Empty title={text.none}>
          <p>{text.noneText}</p>
          <p class="actions centred">
            <a class="button" href={href('/connect')}>
              {connect}
            </a>
            <a href={href('/keys')}>{text.createKey}</a>
            <a href={href('/api/docs/')}>{text.apiDocs}</a>
          </p>
        </Empty>
      )}
      <ul class="cards">
        {accounts.map((account) => (
          <AccountCard
            key={account.id}
            account={account}
            figures={figures && (figures.get(account.id) ?? NO_FIGURES)}
            refused={refused?.phone === account.phone ? refused : undefined}
          />
        ))}
      </ul>
      {(accounts.length > 0 || sources.length > 0) && <SourceList sources={sources} />}
    </Page>
  );
}

const NO_FIGURES = { lastReceivedAt: null, messagesToday: 0 };

interface AccountCardProps {
  account: Account;
  figures: Pick<AccountFigures, 'lastReceivedAt' | 'messagesToday'> | null;
  refused: AccountsProps['refused'];
}

function AccountCard({ account, figures, refused }: AccountCardProps) {
  const text = useWords(words);
  const { phone, fullName, email, skippedAttachment, skippedNoText } = account;
  const values = refused?.values ?? { fullName, email };
  return (
    <li class="card">
      <h2>
        <bdi>{fullName || phone}</bdi>
      </h2>
      <p class="soft">
        {fullName && `${phone}`}
        {fullName && email && ' · '}
        {email}
      </p>
      <dl class="facts">
        <dt>{text.last}</dt>
        <dd>
          {!figures && text.unknown}
          {figures && (figures.lastReceivedAt ? <Span at={figures.lastReceivedAt} /> : text.never)}
        </dd>
        <dt>{text.today}</dt>
        <dd>{figures ? text.messages(figures.messagesToday) : text.unknown}</dd>
        <dt>{text.skipped}</dt>
        <dd>
          {skippedAttachment + skippedNoText === 0 && text.skippedNone}
          {skippedAttachment > 0 && <div>{text.attachment(skippedAttachment)}</div>}
          {skippedNoText > 0 && <div>{text.noText(skippedNoText)}</div>}
        </dd>
      </dl>
      <details open={refused !== undefined}>
        <summary>{text.edit}</summary>
        <Form action={`/accounts/${encodeURIComponent(phone)}`} label={`${text.person}: ${phone}`}>
          <Field
            id={`name-${account.id}`}
            name="fullName"
            label={text.name}
            hint={text.nameHint}
            value={values.fullName}
            problem={refused?.problems.fullName}
          />
          <Field
            id={`email-${account.id}`}
            name="email"
            type="email"
            label={text.email}
            value={values.email}
            problem={refused?.problems.email}
          />
          <button type="submit">{text.save}</button>
        </Form>
      </details>
    </li>
  );
}

const form = z.object({ fullName: nameField, email: optionalEmailField });

/** The connected WhatsApp accounts: who connected them, and what comes in over them. */
export function accountPages(pages: Pages, context: WebContext): void {
  const { store, reports, sources: sourcesOf, clock } = context;

  const loaded = async (workspaceId: number, zone: string): Promise<AccountsProps> => {
    const accounts = await store.read.accounts.list(workspaceId);
    const sources = await sourcesOf.list(workspaceId);
    try {
      const today = startOfDay(clock.now(), zone);
      const { accounts: figures } = await reports.accountFigures(workspaceId, today);
      return { accounts, sources, figures: new Map(figures.map((one) => [one.accountId, one])) };
    } catch (error) {
      if (!(error instanceof ReportFailedError || error instanceof ReportsBusyError)) throw error;
      return { accounts, sources, figures: null };
    }
  };

  pages.get('/accounts', hidden, async (request, reply) => {
    const props = await loaded(workspaceOf(request).id, zoneOf(request));
    return send(context, request, reply, <AccountsPage {...props} />);
  });

  pages.post<{ Params: { phone: string } }>('/accounts/:phone', hidden, async (request, reply) => {
    const { id } = workspaceOf(request);
    const { phone } = request.params;
    const props = await loaded(id, zoneOf(request));
    if (!props.accounts.some((account) => account.phone === phone)) throw new NotFoundError();
    const read = readForm(form, request.body);
    if (!read.ok) {
      const refused = { phone, values: entered(request.body), problems: read.problems };
      const page = <AccountsPage {...props} refused={refused} />;
      return send(context, request, reply, page, 422);
    }
    await store.transaction((tx) => tx.accounts.put(id, phone, read.value), { alone: id });
    const text = words[languageOf(request)].saved(phone);
    return leadTo(context, request, reply, '/accounts', { kind: 'done', text });
  });
}
