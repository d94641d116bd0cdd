import type { Pricing } from '../../core/costs.ts';
import { tasksAndMoney } from '../../core/costs.ts';
import type { Costs } from '../../core/reports.ts';
import type { Granularity } from '../../wire/webhook.ts';
import { BarChart, LinesChart } from '../chart.tsx';
import { granularities } from '../granularities.ts';
import { Field, type Problems, Scrolling } from '../ui.tsx';
import { useHref, useView, useWords } from '../view.tsx';
import { words } from './words.ts';

/** Where a webhook's costs are; those of a new one where it is null. */
const costsPath = (webhookId: number | null): string =>
  webhookId === null ? '/costs' : `/webhooks/${webhookId}/costs`;

/** Holds the place of the costs until they have been counted. @param webhookId null for a new one */
export function CostPanel({ webhookId }: { webhookId: number | null }) {
  const text = useWords(words);
  const href = useHref();
  const path = href(costsPath(webhookId));
  return (
    <section
      id="costs"
      class="card"
      aria-label={text.title}
      hx-get={path}
      hx-trigger="load"
      hx-swap="outerHTML"
    >
      <h2>{text.title}</h2>
      <p class="soft waits">{text.loading}</p>
      <noscript>
        <a href={path}>{text.show}</a>
      </noscript>
    </section>
  );
}

export interface CountedCostsProps {
  webhook: { id: number; granularityHours: Granularity } | null;
  costs: Costs;
  /** Of each of the period's days: calls that succeeded; empty for a new webhook. */
  calls: ReadonlyMap<number, number>;
  /** The period's days, since 1970-01-01. */
  days: readonly number[];
  pricing: Pricing;
  /** What was entered of steps and price, where it could not be used. */
  entered?: Record<string, string>;
  problems?: Problems;
}

/** What each granularity would have cost, as a table and a chart. */
export function CountedCosts(props: CountedCostsProps) {
  const { webhook, costs, days, calls } = props;
  const text = useWords(words);
  const choices = useWords(granularities);
  const { language } = useView();
  const intro = webhook ? text.intro : text.introNew;
  if (costs.messages === 0 && calls.size === 0) {
    return (
      <section id="costs" class="card" aria-label={text.title}>
        <h2>{text.title}</h2>
        <p>{text.nothing}</p>
      </section>
    );
  }
  const messagesOn = new Map(costs.days.map(({ day, messages }) => [day, messages]));
  return (
    <section id="costs" class="card" aria-label={text.title}>
      <h2>{text.title}</h2>
      <p>{intro(costs.messages, costs.chats)}</p>
      <BarChart
        id="runs"
        title={text.chart}
        language={language}
        empty={text.nothing}
        bars={costs.runs.map(({ granularityHours, runs }) => ({
          label: choices[granularityHours],
          value: runs,
          isCurrent: granularityHours === webhook?.granularityHours,
        }))}
      />
      <Prices {...props} path={costsPath(webhook?.id ?? null)} />
      <CostTable {...props} />
      {webhook && (
        <>
          <h3>{text.over}</h3>
          <p class="soft">{text.overText}</p>
          <LinesChart
            id="over-time"
            title={text.over}
            language={language}
            empty={text.nothing}
            days={days}
            series={[
              { label: text.messages, values: days.map((day) => messagesOn.get(day) ?? 0) },
              { label: text.calls, values: days.map((day) => calls.get(day) ?? 0) },
            ]}
          />
        </>
      )}
    </section>
  );
}

interface CostTableProps {
  webhook: CountedCostsProps['webhook'];
  costs: Pick<Costs, 'runs'>;
  pricing: Pricing;
}

/** Runs, tasks and money of each granularity. */
export function CostTable({ webhook, costs, pricing }: CostTableProps) {
  const text = useWords(words);
  const choices = useWords(granularities);
  const { language } = useView();
  const number = new Intl.NumberFormat(language);
  const money = new Intl.NumberFormat(language, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  const hasPrice = pricing.pricePerTask > 0;
  return (
    <Scrolling label={text.chart}>
      <table class="costs-table">
        <thead>
          <tr>
            <th scope="col">{text.choice}</th>
            <th scope="col">{text.runs}</th>
            <th scope="col">{text.tasks}</th>
            {hasPrice && <th scope="col">{text.money}</th>}
          </tr>
        </thead>
        <tbody>
          {costs.runs.map(({ granularityHours, runs }) => {
            const isCurrent = granularityHours === webhook?.granularityHours;
            const spent = tasksAndMoney(runs, pricing);
            return (
              <tr key={granularityHours} class={isCurrent ? 'current' : undefined}>
                <th scope="row">
                  {choices[granularityHours]}
                  {isCurrent && <span class="badge good">{text.current}</span>}
                </th>
                <td>{number.format(runs)}</td>
                <td>{number.format(spent.tasks)}</td>
                {hasPrice && <td>{money.format(spent.money)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scrolling>
  );
}

interface PricesProps extends Pick<CountedCostsProps, 'pricing' | 'entered' | 'problems'> {
  /** Which answers with the costs anew. */
  path: string;
  /** What else it is to be asked for. */
  query?: Record<string, string>;
}

/** Asks for what a run costs. */
export function Prices({ path: ours, query = {}, pricing, entered, problems = {} }: PricesProps) {
  const text = useWords(words);
  const href = useHref();
  const path = href(ours);
  const { actionSteps, pricePerTask } = pricing;
  return (
    <form
      method="get"
      action={path}
      hx-get={path}
      hx-target="#costs"
      hx-swap="outerHTML"
      class="in-a-row"
      noValidate
    >
      {Object.entries(query).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Field
        name="steps"
        label={text.steps}
        hint={text.stepsHint}
        inputMode="numeric"
        value={entered?.steps ?? String(actionSteps)}
        problem={problems.steps}
      />
      <Field
        name="price"
        label={text.price}
        hint={text.priceHint}
        inputMode="decimal"
        value={entered?.price ?? (pricePerTask > 0 ? String(pricePerTask) : '')}
        problem={problems.price}
      />
      <button type="submit" class="outline">
        {text.apply}
      </button>
    </form>
  );
}
