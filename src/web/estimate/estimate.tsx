import multipart, { type MultipartFile, type MultipartValue } from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ChatFiles } from '../../core/estimate-files.ts';
import { ReportsBusyError } from '../../core/reports.ts';
import type { Pages, WebContext } from '../context.ts';
import { pricingForm, rememberedPricing } from '../costs/pricing.ts';
import { entered, readForm } from '../forms.ts';
import { Page } from '../page.tsx';
import { languageOf } from '../reader.ts';
import { asksForPart, hidden, leadTo, send } from '../respond.tsx';
import { Field, Form, type Problems, SelectField } from '../ui.tsx';
import { useWords } from '../view.tsx';
import { EstimateResult, queryOf, resultFrom, resultOf } from './result.tsx';
import { words } from './words.ts';

const MAX_BYTES = 20 * 1024 * 1024;
const MAX_FILES = 20;
/** Beside the files: names, boundaries, the other fields. */
const AROUND_BYTES = 64 * 1024;

type ResultProps = Parameters<typeof EstimateResult>[0];

interface EstimateProps {
  result?: ResultProps | null;
  problems?: Problems;
  values?: Record<string, string>;
}

function EstimatePage({ result, problems = {}, values = {} }: EstimateProps) {
  const text = useWords(words);
  return (
    <Page title={text.title} section="zapier">
      <h1>{text.title}</h1>
      {result && <EstimateResult {...result} />}
      <article>
        <p>{text.intro}</p>
        <p class="soft">{text.private}</p>
        <Form action="/estimate" hasFiles>
          <Field
            name="files"
            type="file"
            accept=".txt,.zip,text/plain,application/zip"
            multiple
            required
            label={text.files}
            hint={text.filesHint}
            problem={problems.files}
          />
          <SelectField
            name="dates"
            label={text.dates}
            options={Object.entries(text.dateChoices).map(([value, label]) => ({ value, label }))}
            value={values.dates ?? ''}
          />
          <button type="submit">{text.submit}</button>
        </Form>
      </article>
    </Page>
  );
}

/**
 * What bundling would save, from chats that WhatsApp has exported. The form's token is looked at like any
 * other's: the whole form is in memory by then, so its place among the fields does not matter, and only who
 * is signed in gets so far.
 */
export async function estimatePages(pages: Pages, context: WebContext): Promise<void> {
  const { reports } = context;

  pages.get('/estimate', hidden, (request, reply) => {
    const given = entered(request.query);
    const found = resultFrom(given);
    const read = 'steps' in given ? readForm(pricingForm, given) : null;
    const pricing = read?.ok
      ? { actionSteps: read.value.steps, pricePerTask: read.value.price }
      : rememberedPricing(request);
    const refused = read && !read.ok ? { entered: given, problems: read.problems } : {};
    const result = found && { result: found, pricing, ...refused };
    const isPart = asksForPart(request) && result;
    const content = isPart ? <EstimateResult {...result} /> : <EstimatePage result={result} />;
    return send(context, request, reply, content);
  });

  await pages.register(async (form) => {
    await form.register(multipart, {
      attachFieldsToBody: true,
      limits: { fileSize: MAX_BYTES, files: MAX_FILES, fields: 10, fieldSize: 1024 },
    });
    form.addHook('onRequest', async ({ headers }) => {
      const isFit = Number(headers['content-length']) <= MAX_BYTES + AROUND_BYTES;
      if (!isFit) throw Object.assign(new Error('Too large'), { statusCode: 413 });
    });
    // The other pages' forms are read as texts alone; this one is made to look like them.
    form.addHook('preValidation', async (request) => {
      request.body = await flat(request.body);
    });
    form.setErrorHandler((error, request, reply) => {
      const { statusCode } = error as { statusCode?: number };
      if (statusCode !== 413) throw error;
      return refuse(request, reply, words[languageOf(request)].problems.too_large);
    });

    const refuse = (request: FastifyRequest, reply: FastifyReply, text: string, values = {}) =>
      send(
        context,
        request,
        reply,
        <EstimatePage problems={{ files: { text } }} values={values} />,
        422,
      );

    form.post('/estimate', hidden, async (request, reply) => {
      const { files, dates } = request.body as FlatForm;
      const text = words[languageOf(request)];
      const values = { dates };
      if (files.length === 0) return refuse(request, reply, text.none, values);
      try {
        const estimated = await reports.estimate({ files, daysFirst: DAYS_FIRST[dates] ?? null });
        if ('problem' in estimated) {
          const { file, code } = estimated.problem;
          const what = text.problems[code];
          return refuse(request, reply, file ? text.named(file, what) : what, values);
        }
        const query = new URLSearchParams(queryOf(resultOf(estimated.estimate)));
        return leadTo(context, request, reply, `/estimate?${query}`);
      } catch (error) {
        if (error instanceof ReportsBusyError) return refuse(request, reply, text.busy, values);
        throw error;
      }
    });
  });
}

const DAYS_FIRST: Record<string, boolean> = { days: true, months: false };

interface FlatForm {
  _csrf: string;
  dates: string;
  files: ChatFiles['files'];
}

type Part = MultipartFile | MultipartValue;

/** The form with its texts as texts; files that were left empty are none. */
async function flat(body: unknown): Promise<FlatForm> {
  const fields = (body ?? {}) as Record<string, Part | Part[] | undefined>;
  const textOf = (name: string) => {
    const [field] = [fields[name]].flat();
    return field?.type === 'field' && typeof field.value === 'string' ? field.value : '';
  };
  const files: ChatFiles['files'] = [];
  for (const part of [fields.files].flat()) {
    if (part?.type !== 'file' || !part.filename) continue;
    files.push({ name: part.filename, bytes: await part.toBuffer() });
  }
  return { _csrf: textOf('_csrf'), dates: textOf('dates'), files };
}
