import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ManagedByZapError } from '../../core/errors.ts';
import { type ResumeFrom, WAITING_COUNTED } from '../../core/switch.ts';
import type { Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { readForm } from '../forms.ts';
import { languageOf } from '../reader.ts';
import { hidden, leadTo } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { Form } from '../ui.tsx';
import { useWords } from '../view.tsx';
import { amounts, waitingAmount } from './amounts.ts';
import { heldWords } from './held-words.ts';
import { type OfWebhook, theWebhook, webhookPath } from './the-webhook.ts';

/** Catching up, by which nothing is lost, or starting from now. */
export function Choices({ webhook, waiting }: { webhook: Webhook; waiting: number }) {
  const text = useWords(heldWords);
  const words = useWords(amounts);
  const amount = waitingAmount(waiting, words);
  const cost =
    webhook.source === 'zapier' && waiting < WAITING_COUNTED
      ? text.cost(words.zapRuns(waiting), webhook.granularityHours === 0)
      : '';
  return (
    <div class="ways-on">
      <Resume
        webhook={webhook}
        from="where_it_stopped"
        label={text.catchUp(amount)}
        hint={`${text.catchUpHint} ${cost}`}
      />
      <Resume
        webhook={webhook}
        from="now"
        label={text.fromNow}
        hint={text.fromNowHint(amount)}
        isSecond
      />
    </div>
  );
}

interface ResumeProps {
  webhook: Webhook;
  from: ResumeFrom;
  label: string;
  hint?: string;
  isSecond?: boolean;
}

/** A button that switches the webhook on, or ends its pause. */
export function Resume({ webhook, from, label, hint, isSecond }: ResumeProps) {
  return (
    <Form action={`${webhookPath(webhook)}/resume`}>
      <input type="hidden" name="from" value={from} />
      <button id={`resume-${from}`} type="submit" class={isSecond ? 'outline' : undefined}>
        {label}
      </button>
      {hint && <p class="hint">{hint}</p>}
    </Form>
  );
}

const resumeForm = z.object({ from: z.enum(['where_it_stopped', 'now']) });

export function resumePages(pages: Pages, context: WebContext): void {
  pages.post<OfWebhook>('/webhooks/:id/resume', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    const form = readForm(resumeForm, request.body);
    const path = webhookPath(webhook);
    if (!form.ok) return leadTo(context, request, reply, path);
    const notice = await resume(context, request, webhook, form.value.from);
    return leadTo(context, request, reply, path, notice);
  });
}

async function resume(
  { webhooks }: WebContext,
  request: FastifyRequest,
  webhook: Webhook,
  from: ResumeFrom,
) {
  const { done, zapOff } = heldWords[languageOf(request)];
  try {
    await webhooks.enable(workspaceOf(request).id, webhook.id, from);
    const isRetry = webhook.enabled && from === 'where_it_stopped';
    return { kind: 'done' as const, text: isRetry ? done.trying : done[from] };
  } catch (error) {
    if (error instanceof ManagedByZapError) return { kind: 'failed' as const, text: zapOff };
    throw error;
  }
}
