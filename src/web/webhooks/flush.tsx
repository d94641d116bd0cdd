import { WebhookDisabledError } from '../../core/errors.ts';
import { countEn, countPl, type InEach } from '../../core/language.ts';
import type { Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { NotFoundError } from '../problem.tsx';
import { languageOf } from '../reader.ts';
import { hidden, leadTo } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { formatSpan, Span } from '../time.tsx';
import { Form } from '../ui.tsx';
import { useView, useWords } from '../view.tsx';
import { Live, livePages, markOf } from './part.tsx';
import { type OfWebhook, theWebhook, webhookPath } from './the-webhook.ts';

const en = {
  title: 'Send now',
  open: (bundles: number) => `${countEn(bundles, 'open bundle')}`,
  nextCloses: 'The next one closes',
  none: 'No bundle is open: all that came has been sent or is on its way.',
  hint: 'Closes the open bundles and sends them, without waiting for the end of their period.',
  zapHint: (bundles: number) => `That makes ${countEn(bundles, 'Zap run')}.`,
  send: 'Send now',
  done: (bundles: number) =>
    bundles === 0
      ? 'No bundle was open.'
      : `${countEn(bundles, 'bundle is', 'bundles are')} closed and on the way.`,
  off: 'The webhook is switched off, so nothing can be sent: switch it on first.',
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Wyślij teraz',
    open: (bundles) =>
      countPl(bundles, ['otwarty pakiet', 'otwarte pakiety', 'otwartych pakietów']),
    nextCloses: 'Najbliższy zamknie się',
    none: 'Żaden pakiet nie jest otwarty: wszystko, co przyszło, wysłano albo jest w drodze.',
    hint: 'Zamyka otwarte pakiety i wysyła je bez czekania na koniec okresu.',
    zapHint: (bundles) =>
      `To ${countPl(bundles, ['uruchomienie Zapa', 'uruchomienia Zapa', 'uruchomień Zapa'])}.`,
    send: 'Wyślij teraz',
    done: (bundles) =>
      bundles === 0
        ? 'Żaden pakiet nie był otwarty.'
        : `${countPl(bundles, ['pakiet zamknięty i w drodze', 'pakiety zamknięte i w drodze', 'pakietów zamkniętych i w drodze'])}.`,
    off: 'Webhook jest wyłączony, więc nic nie można wysłać: najpierw go włącz.',
  },
};

export interface OpenBundles {
  count: number;
  /** Unix milliseconds; null where none is open. */
  nextClosing: number | null;
}

/** What is being gathered; null where nothing is, by the webhook's settings or since it is off. */
export async function loadOpenBundles(
  { store: { read }, clock }: WebContext,
  webhook: Webhook,
): Promise<OpenBundles | null> {
  if (!webhook.enabled || webhook.granularityHours === 0) return null;
  const now = clock.now();
  return {
    count: await read.lanes.countOpen(webhook.id, now),
    nextClosing: await read.lanes.nextClosing(webhook.id, now),
  };
}

interface FlushProps {
  webhook: Webhook;
  open: OpenBundles | null;
}

/** Closes the open bundles at once; nothing where nothing is gathered. */
export function Flush({ webhook, open }: FlushProps) {
  const { now } = useView();
  return (
    <Live id="flush" path={`${webhookPath(webhook)}/open`} mark={openMark(open, now)}>
      {open && <FlushCard webhook={webhook} open={open} />}
    </Live>
  );
}

const openMark = (open: OpenBundles | null, now: number) =>
  markOf(open?.count, open?.nextClosing && formatSpan(open.nextClosing - now, 'en'));

function FlushCard({ webhook, open }: { webhook: Webhook; open: OpenBundles }) {
  const text = useWords(words);
  const { count, nextClosing } = open;
  return (
    <article>
      <h2>{text.title}</h2>
      {nextClosing === null ? (
        <p class="soft">{text.none}</p>
      ) : (
        <>
          <p>
            <b>{text.open(count)}</b>. {text.nextCloses} <Span at={nextClosing} />.
          </p>
          <Form action={`${webhookPath(webhook)}/flush`}>
            <button id="send-now" type="submit" class="outline">
              {text.send}
            </button>
            <p class="hint">
              {text.hint} {webhook.source === 'zapier' && text.zapHint(count)}
            </p>
          </Form>
        </>
      )}
    </article>
  );
}

export function flushPages(pages: Pages, context: WebContext): void {
  livePages(pages, context, 'open', async (webhook) => {
    const open = await loadOpenBundles(context, webhook);
    const mark = openMark(open, context.clock.now());
    return { mark, part: <Flush webhook={webhook} open={open} /> };
  });

  pages.post<OfWebhook>('/webhooks/:id/flush', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    const notice = await flush(context, request, webhook.id);
    return leadTo(context, request, reply, webhookPath(webhook), notice);
  });
}

async function flush(
  { webhooks }: WebContext,
  request: Parameters<typeof workspaceOf>[0],
  id: number,
) {
  const text = words[languageOf(request)];
  try {
    const bundles = await webhooks.flush(workspaceOf(request).id, id);
    if (bundles === null) throw new NotFoundError();
    return { kind: 'done' as const, text: text.done(bundles) };
  } catch (error) {
    if (error instanceof WebhookDisabledError) return { kind: 'failed' as const, text: text.off };
    throw error;
  }
}
