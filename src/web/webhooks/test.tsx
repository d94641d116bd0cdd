import type { InEach } from '../../core/language.ts';
import type { Tried } from '../../core/request-log.ts';
import type { Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { NotFoundError } from '../problem.tsx';
import { hidden } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { Form } from '../ui.tsx';
import { useView, useWords } from '../view.tsx';
import { advice, adviceOn } from './advice.ts';
import { sendPart } from './part.tsx';
import { useErrorText } from './sentences.ts';
import { type OfWebhook, theWebhook, webhookPath } from './the-webhook.ts';

const en = {
  title: 'Send a test',
  warning: 'This sends a real request, with made-up sample data, to the Webhook URL.',
  zapWarning:
    'This sends made-up sample data to the real Zap: all its steps run, and Zapier counts their tasks.',
  send: 'Send a test',
  waiting: 'Waiting for the answer, up to 10 seconds …',
  worked: 'The test worked: the receiver answered 200.',
  request: 'The request',
  response: 'The response',
  headers: 'Headers',
  body: 'Body',
  noBody: 'The body is empty.',
  noResponse: 'No response came.',
  duration: 'Time',
  truncated: 'Only the first 16 KiB were read.',
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Wyślij test',
    warning: 'To prawdziwe żądanie, ze przykładowymi danymi, wysyłane pod adres URL webhooka.',
    zapWarning:
      'Zmyślone dane trafią do prawdziwego Zapa: wykonają się wszystkie jego kroki, a Zapier policzy ich zadania.',
    send: 'Wyślij test',
    waiting: 'Czekamy na odpowiedź, najwyżej 10 sekund…',
    worked: 'Test się udał: serwer docelowy odpowiedział 200.',
    request: 'Żądanie',
    response: 'Odpowiedź',
    headers: 'Nagłówki',
    body: 'Treść',
    noBody: 'Treść jest pusta.',
    noResponse: 'Nie przyszła żadna odpowiedź.',
    duration: 'Czas',
    truncated: 'Odczytano tylko pierwsze 16 KiB.',
  },
};

/** Tries the receiver with a sample. */
export function TestCard({ webhook }: { webhook: Webhook }) {
  const text = useWords(words);
  return (
    <article>
      <h2>{text.title}</h2>
      <p>{webhook.source === 'zapier' ? text.zapWarning : text.warning}</p>
      <Form action={`${webhookPath(webhook)}/test`} target="#test-result">
        <p class="actions">
          <button type="submit" class="outline">
            {text.send}
          </button>
          <span class="while-waiting soft" role="status">
            {text.waiting}
          </span>
        </p>
      </Form>
      <div id="test-result" />
    </article>
  );
}

/** What was sent and what came back. */
function TestResult({ logged, error }: Tried) {
  const text = useWords(words);
  const { request, response } = logged;
  return (
    <section id="test-result" class="exchange">
      <Verdict error={error} />
      <h3>{text.request}</h3>
      <p class="line">
        <code>
          {request.method} {request.url}
        </code>
      </p>
      <Headers headers={request.headers} />
      <Body body={request.body} label={`${text.request}: ${text.body}`} />
      <h3>{text.response}</h3>
      {response ? (
        <>
          <Outcome status={response.status} ms={logged.duration_ms} />
          <Headers headers={response.headers} />
          <Body body={response.body} label={`${text.response}: ${text.body}`} />
          {response.truncated && <p class="hint">{text.truncated}</p>}
        </>
      ) : (
        <p>{text.noResponse}</p>
      )}
    </section>
  );
}

function Verdict({ error }: Pick<Tried, 'error'>) {
  const errorText = useErrorText();
  const { worked } = useWords(words);
  const whatToDo = useWords(advice);
  if (!error) {
    return (
      <p class="notice done" role="alert">
        {worked}
      </p>
    );
  }
  return (
    <p class="notice failed" role="alert">
      {errorText(error)}. {whatToDo[adviceOn(error.code)]}
    </p>
  );
}

function Outcome({ status, ms }: { status: number; ms: number }) {
  const { duration } = useWords(words);
  const { language } = useView();
  return (
    <p class="actions">
      <span class={`badge ${status === 200 ? 'good' : 'bad'}`}>{status}</span>
      <span class="soft">
        {duration}: {new Intl.NumberFormat(language).format(ms)} ms
      </span>
    </p>
  );
}

function Headers({ headers }: { headers: Record<string, string | string[]> }) {
  const text = useWords(words);
  return (
    <details>
      <summary>{text.headers}</summary>
      <dl class="facts">
        {Object.entries(headers).map(([name, value]) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{[value].flat().join(', ')}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Body({ body, label }: { body: string; label: string }) {
  const { noBody } = useWords(words);
  if (!body) return <p class="soft">{noBody}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="scrolls" tabIndex={0} aria-label={label}>
      <pre dir="auto">{pretty(body)}</pre>
    </section>
  );
}

/** JSON with a field a line; any other text as it is. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

export function testPages(pages: Pages, context: WebContext): void {
  pages.post<OfWebhook>('/webhooks/:id/test', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    const tried = await context.webhooks.test(workspaceOf(request).id, webhook.id);
    if (!tried) throw new NotFoundError();
    return sendPart(context, request, reply, webhook, <TestResult {...tried} />);
  });
}
