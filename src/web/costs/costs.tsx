import type { FastifyReply, FastifyRequest } from 'fastify';
import { dayOf } from '../../core/daily-counts.ts';
import { lastDays, ReportFailedError, ReportsBusyError } from '../../core/reports.ts';
import type { Webhook } from '../../store/rows.ts';
import { idFrom, type Pages, type WebContext } from '../context.ts';
import { entered, readForm } from '../forms.ts';
import { Page } from '../page.tsx';
import { NotFoundError } from '../problem.tsx';
import { asksForPart, hidden, remember, send } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { useHref, useWords } from '../view.tsx';
import { titleOf } from '../webhooks/names.ts';
import { CountedCosts, type CountedCostsProps } from './cost-panel.tsx';
import { pricingForm, pricingText, rememberedPricing } from './pricing.ts';
import { words } from './words.ts';

const DAYS = 30;

/** The costs by themselves, for browsers that do not put them into the webhook's page. */
function CostsPage({
  webhook,
  counted,
}: {
  webhook: Webhook | null;
  counted: CountedCostsProps | null;
}) {
  const text = useWords(words);
  const href = useHref();
  const back = webhook ? `/webhooks/${webhook.id}` : '/webhooks';
  return (
    <Page title={text.title} section="webhooks">
      <h1 dir="auto">{webhook ? titleOf(webhook) : text.withoutFilters}</h1>
      {counted ? <CountedCosts {...counted} /> : <Failed />}
      <p>
        <a href={href(back)}>{text.back}</a>
      </p>
    </Page>
  );
}

function Failed() {
  const text = useWords(words);
  return (
    <section id="costs" class="card" aria-label={text.title}>
      <h2>{text.title}</h2>
      <p>{text.failed}</p>
    </section>
  );
}

/** What each granularity would have cost: of one webhook, or of a new one without filters. */
export function costPages(pages: Pages, context: WebContext): void {
  const { store } = context;

  pages.get<{ Params: { id: string } }>('/webhooks/:id/costs', hidden, async (request, reply) => {
    const id = idFrom(request.params.id);
    const webhook = await store.read.webhooks.get(workspaceOf(request).id, id);
    if (!webhook) throw new NotFoundError();
    return answer(context, request, reply, webhook);
  });

  pages.get('/costs', hidden, (request, reply) => answer(context, request, reply, null));
}

async function answer(
  context: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
  webhook: Webhook | null,
): Promise<FastifyReply> {
  const counted = await count(context, request, reply, webhook);
  if (!asksForPart(request)) {
    return send(context, request, reply, <CostsPage webhook={webhook} counted={counted} />);
  }
  return send(context, request, reply, counted ? <CountedCosts {...counted} /> : <Failed />);
}

/** @returns null where it cannot be counted just now */
async function count(
  { store, reports, clock, ...context }: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
  webhook: Webhook | null,
): Promise<CountedCostsProps | null> {
  const given = entered(request.query);
  const read = 'steps' in given ? readForm(pricingForm, given) : null;
  let pricing = rememberedPricing(request);
  if (read?.ok) {
    pricing = { actionSteps: read.value.steps, pricePerTask: read.value.price };
    remember(context, reply, 'pricing', pricingText(pricing));
  }
  const period = lastDays(clock.now(), DAYS);
  const days = Array.from({ length: DAYS }, (_, i) => dayOf(period.from) + i);
  try {
    const costs = await reports.costs(workspaceOf(request).id, webhook?.filters ?? {}, period);
    const counts = webhook ? await store.read.counters.since(webhook.id, dayOf(period.from)) : [];
    const calls = new Map(counts.map(({ day, succeeded }) => [day, succeeded]));
    const refused = read && !read.ok && { entered: given, problems: read.problems };
    return { webhook, costs, calls, days, pricing, ...refused };
  } catch (error) {
    if (error instanceof ReportFailedError || error instanceof ReportsBusyError) return null;
    throw error;
  }
}
