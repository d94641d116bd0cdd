import { z } from 'zod';
import type { Pricing } from '../../core/costs.ts';
import { MONTH_DAYS } from '../../core/estimate.ts';
import type { Estimated } from '../../core/estimate-files.ts';
import { GRANULARITIES } from '../../wire/webhook.ts';
import { BarChart } from '../chart.tsx';
import { CostTable, Prices } from '../costs/cost-panel.tsx';
import { granularities } from '../granularities.ts';
import type { Problems } from '../ui.tsx';
import { useView, useWords } from '../view.tsx';
import { words } from './words.ts';

type Estimate = Extract<Estimated, { estimate: object }>['estimate'];

const count = z.coerce.number().int().min(0).max(1e9);
const day = z.iso.date();

/** An estimate as its page's address holds it, since nothing of it is stored. */
const querySchema = z.object({
  ...{ messages: count, chats: count, skipped: count, days: count.min(1), from: day, to: day },
  guessed: z.enum(['days_first', 'months_first']).nullable().catch(null),
  runs: z
    .string()
    .transform((text) => text.split('_').map(Number))
    .refine((runs) => runs.length === GRANULARITIES.length && runs.every((n) => n >= 0 && n < 1e9)),
});

export type Result = z.infer<typeof querySchema>;

/** The estimate in a page's query; null where there is none. */
export const resultFrom = (query: unknown): Result | null =>
  querySchema.safeParse(query).data ?? null;

export const queryOf = (result: Result): Record<string, string> => {
  const { runs, guessed, ...rest } = result;
  const numbers = Object.entries(rest).map(([name, value]) => [name, String(value)]);
  return { ...Object.fromEntries(numbers), ...(guessed && { guessed }), runs: runs.join('_') };
};

/** Runs are shown as whole numbers, but for the fewest. */
const rounded = (runs: number) => (runs < 10 ? Math.round(runs * 10) / 10 : Math.round(runs));

export const resultOf = ({ perMonth, ...rest }: Estimate): Result => ({
  ...rest,
  runs: perMonth.map(({ runs }) => rounded(runs)),
});

interface EstimateResultProps {
  result: Result;
  pricing: Pricing;
  entered?: Record<string, string> | undefined;
  problems?: Problems;
}

/** What each granularity would run in a month. */
export function EstimateResult({ result, pricing, entered, problems = {} }: EstimateResultProps) {
  const text = useWords(words);
  const choices = useWords(granularities);
  const { language } = useView();
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const [from, to] = [result.from, result.to].map((one) => date.format(Date.parse(one)));
  const runs = GRANULARITIES.map((granularityHours, i) => ({
    granularityHours,
    runs: result.runs[i] ?? 0,
  }));
  return (
    <section id="costs" class="card" aria-labelledby="result-title">
      <h2 id="result-title">{text.result}</h2>
      <p>{text.covered(result.messages, result.chats, from ?? '', to ?? '', result.days)}</p>
      <BarChart
        id="runs"
        title={text.result}
        language={language}
        empty=""
        bars={runs.map((one) => ({ label: choices[one.granularityHours], value: one.runs }))}
      />
      <Prices
        path="/estimate"
        query={queryOf(result)}
        pricing={pricing}
        problems={problems}
        {...(entered && { entered })}
      />
      <CostTable webhook={null} costs={{ runs }} pricing={pricing} />
      {result.skipped > 0 && <p class="soft">{text.skipped(result.skipped)}</p>}
      <p class="soft">{result.days < MONTH_DAYS ? text.short : text.average}</p>
      {result.guessed && <p class="notice warning">{text.guessed[result.guessed]}</p>}
    </section>
  );
}
