import { countEn, countPl, type InEach } from '../../core/language.ts';
import { toRequestJson } from '../../core/request-log.ts';
import type { Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { hidden } from '../respond.tsx';
import { useHref, useWords } from '../view.tsx';
import { type OfWebhook, theWebhook, webhookPath } from './the-webhook.ts';

const en = {
  download: (requests: number) => `Download the detailed log (${countEn(requests, 'request')})`,
  none: 'The detailed log can be downloaded here once a request has been made.',
};

const words: InEach<typeof en> = {
  en,
  pl: {
    download: (requests) =>
      `Pobierz szczegółowy dziennik (${countPl(requests, ['żądanie', 'żądania', 'żądań'])})`,
    none: 'Po pierwszym żądaniu pobierzesz stąd szczegółowy dziennik.',
  },
};

/** Leads to the file with the latest requests. */
export function LogLink({ webhook, requests }: { webhook: Webhook; requests: number }) {
  const text = useWords(words);
  const href = useHref();
  if (requests === 0) return <p class="soft">{text.none}</p>;
  return (
    <p>
      <a href={href(`${webhookPath(webhook)}/log.json`)} download>
        {text.download(requests)}
      </a>
    </p>
  );
}

export function logPages(pages: Pages, { store, ...context }: WebContext): void {
  pages.get<OfWebhook>('/webhooks/:id/log.json', hidden, async (request, reply) => {
    const { id } = await theWebhook({ store, ...context }, request);
    const requests = await store.read.history.requests(id);
    return reply
      .type('application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="webhook-${id}-log.json"`)
      .send(JSON.stringify(requests.map(toRequestJson), null, 2));
  });
}
