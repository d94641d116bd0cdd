import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { WebhookDisabledError } from '../../core/errors.ts';
import type { InEach } from '../../core/language.ts';
import type { Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { entered, readForm, says } from '../forms.ts';
import { fromLocal, toLocal } from '../local-time.ts';
import { NotFoundError } from '../problem.tsx';
import { languageOf, zoneOf } from '../reader.ts';
import { hidden, leadTo } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { Time } from '../time.tsx';
import { Field, Form, type Problems } from '../ui.tsx';
import { useView, useWords } from '../view.tsx';
import { amounts } from './amounts.ts';
import { sendPart } from './part.tsx';
import { type OfWebhook, theWebhook, webhookPath } from './the-webhook.ts';

const DAY_MS = 86_400_000;

const en = {
  title: 'Deliver again from a date',
  intro:
    'Sends once more everything that came since then, in order, also what was delivered already. For when the receiver has lost something.',
  from: 'Since when?',
  zone: (zone: string) =>
    `In your time zone, ${zone}. Messages are there as far back as they are kept.`,
  count: 'Count',
  counting: 'Counting …',
  since: 'Since',
  again: (requests: string) => `Deliver ${requests} again`,
  runAgain: (runs: string) => `Deliver again: ${runs}`,
  none: 'No message for this webhook has come since then, so there is nothing to deliver again.',
  off: 'The webhook is switched off: switch it on first, then choose what to deliver again.',
  done: (requests: string) => `Delivering again: ${requests}. The activity log shows how it goes.`,
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Wyślij ponownie od daty',
    intro:
      'Wysyła po kolei jeszcze raz wszystko, co od tego czasu przyszło, także to, co już wysłano. Na wypadek, gdy serwer docelowy coś utracił.',
    from: 'Od kiedy?',
    zone: (zone) =>
      `W Twojej strefie czasowej, ${zone}. Wiadomości są dostępne tak długo, jak długo są przechowywane.`,
    count: 'Policz',
    counting: 'Liczymy…',
    since: 'Od',
    again: (requests) => `Wyślij ponownie: ${requests}`,
    runAgain: (runs) => `Wyślij ponownie: ${runs}`,
    none: 'Od tego czasu nie przyszła żadna wiadomość dla tego webhooka, więc nie ma czego wysyłać ponownie.',
    off: 'Webhook jest wyłączony: najpierw go włącz, potem wybierz, co wysłać ponownie.',
    done: (requests) => `Wysyłamy ponownie: ${requests}. Postęp widać w dzienniku aktywności.`,
  },
};

/** What would be delivered again. */
interface Counted {
  /** Unix milliseconds. */
  from: number;
  requests: number;
}

interface ReplayProps {
  webhook: Webhook;
  counted?: Counted;
  /** As it was entered. */
  from?: string | undefined;
  problems?: Problems;
}

/** Asks from when on to deliver again, says how many requests that makes, and only then does it. */
export function ReplayCard({ webhook, counted, from, problems = {} }: ReplayProps) {
  const text = useWords(words);
  const { zone, now } = useView();
  return (
    <article id="replay">
      <h2>{text.title}</h2>
      <p>{text.intro}</p>
      {webhook.enabled ? (
        <>
          <Form action={`${webhookPath(webhook)}/replay/count`} target="#replay">
            <Field
              name="from"
              type="datetime-local"
              label={text.from}
              hint={text.zone(zone)}
              value={from ?? toLocal(now - DAY_MS, zone)}
              problem={problems.from}
              required
            />
            <p class="actions">
              <button type="submit" class="outline">
                {text.count}
              </button>
              <span class="while-waiting soft" role="status">
                {text.counting}
              </span>
            </p>
          </Form>
          {counted && <Confirm webhook={webhook} counted={counted} />}
        </>
      ) : (
        <p class="soft">{text.off}</p>
      )}
    </article>
  );
}

function Confirm({ webhook, counted }: { webhook: Webhook; counted: Counted }) {
  const text = useWords(words);
  const { zapRuns, requests } = useWords(amounts);
  const isZap = webhook.source === 'zapier';
  const amount = (isZap ? zapRuns : requests)(counted.requests);
  if (counted.requests === 0) {
    return (
      <p class="notice" role="alert">
        {text.none}
      </p>
    );
  }
  return (
    <Form action={`${webhookPath(webhook)}/replay`}>
      <input type="hidden" name="from" value={String(counted.from)} />
      <p class="notice warning" role="alert">
        {text.since} <Time at={counted.from} />: <b>{amount}</b>.
      </p>
      <button type="submit">{isZap ? text.runAgain(amount) : text.again(amount)}</button>
    </Form>
  );
}

/** A local time becomes Unix milliseconds. */
const countForm = (zone: string) =>
  z.object({
    from: z
      .string(says('required'))
      .min(1, says('required'))
      .transform((text) => fromLocal(text, zone))
      .pipe(z.number(says('date'))),
  });

/** Up to the end of the year 9999, as everywhere. */
const replayForm = z.object({ from: z.coerce.number().int().min(0).max(253_402_300_799_999) });

export function replayPages(pages: Pages, context: WebContext): void {
  const { redelivery } = context;

  pages.post<OfWebhook>('/webhooks/:id/replay/count', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    const form = readForm(countForm(zoneOf(request)), request.body);
    const { from } = entered(request.body);
    if (!form.ok) {
      const again = <ReplayCard webhook={webhook} from={from} problems={form.problems} />;
      return sendPart(context, request, reply, webhook, again, 422);
    }
    const since = form.value.from;
    const requests = await redelivery.countReplay(workspaceOf(request).id, webhook.id, since);
    if (requests === null) throw new NotFoundError();
    const part = <ReplayCard webhook={webhook} from={from} counted={{ from: since, requests }} />;
    return sendPart(context, request, reply, webhook, part);
  });

  pages.post<OfWebhook>('/webhooks/:id/replay', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    const form = readForm(replayForm, request.body);
    const path = webhookPath(webhook);
    if (!form.ok) return leadTo(context, request, reply, path);
    const notice = await replay(context, request, webhook, form.value.from);
    return leadTo(context, request, reply, path, notice);
  });
}

async function replay(
  { redelivery }: WebContext,
  request: FastifyRequest,
  webhook: Webhook,
  from: number,
) {
  const language = languageOf(request);
  const { off, done } = words[language];
  const { zapRuns, requests: counted } = amounts[language];
  try {
    const requests = await redelivery.replay(workspaceOf(request).id, webhook.id, from);
    if (requests === null) throw new NotFoundError();
    const amount = (webhook.source === 'zapier' ? zapRuns : counted)(requests);
    return { kind: 'done' as const, text: done(amount) };
  } catch (error) {
    if (error instanceof WebhookDisabledError) return { kind: 'failed' as const, text: off };
    throw error;
  }
}
