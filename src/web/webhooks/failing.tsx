import type { FastifyRequest } from 'fastify';
import { NothingToParkError } from '../../core/errors.ts';
import { countEn, countPl, type InEach } from '../../core/language.ts';
import type { Lane, Webhook } from '../../store/rows.ts';
import { idFrom, type Pages, type WebContext } from '../context.ts';
import { languageOf } from '../reader.ts';
import { hidden, leadTo } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { formatSpan, Span } from '../time.tsx';
import { Form } from '../ui.tsx';
import { useView, useWords } from '../view.tsx';
import { ChatLink, chatNames } from './chat-link.tsx';
import { Live, livePages, markOf } from './part.tsx';
import { useErrorText } from './sentences.ts';
import { theWebhook, webhookPath } from './the-webhook.ts';

const SHOWN = 20;

const en = {
  title: (chats: string) => `Chats whose delivery fails (${chats})`,
  intro:
    'The messages of these chats wait until their delivery succeeds. If one of them can never succeed, set it aside: the rest of its chat goes on.',
  failed: (attempts: number) => `Failed ${countEn(attempts, 'time')}`,
  again: 'Being tried again',
  nextTry: 'next try',
  setAside: 'Set aside',
  done: 'The delivery is being set aside; its chat goes on.',
  nothing: 'This delivery does not fail any more, so there is nothing to set aside.',
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: (chats) => `Czaty, których wysyłka się nie powodzi (${chats})`,
    intro:
      'Wiadomości tych czatów czekają, aż przesyłka się powiedzie. Jeśli któraś nie powiedzie się nigdy, odłóż ją: reszta jej czatu ruszy dalej.',
    again: 'W trakcie ponawiania',
    failed: (attempts) =>
      countPl(attempts, ['nieudana próba', 'nieudane próby', 'nieudanych prób']),
    nextTry: 'następna',
    setAside: 'Odłóż',
    done: 'Przesyłka zostaje odłożona; jej czat rusza dalej.',
    nothing: 'Ta przesyłka już się powiodła, więc nie ma czego odkładać.',
  },
};

export interface FailingData {
  lanes: Lane[];
  hasMore: boolean;
  /** By the ids of the chats. */
  names: Map<number, string>;
}

export async function loadFailing(context: WebContext, webhook: Webhook): Promise<FailingData> {
  const found = await context.store.read.lanes.failing(webhook.id, SHOWN + 1);
  const lanes = found.slice(0, SHOWN);
  const chatIds = lanes.map(({ chatId }) => chatId);
  const names = await chatNames(context, webhook.workspaceId, chatIds);
  return { lanes, hasMore: found.length > SHOWN, names };
}

interface FailingProps {
  webhook: Webhook;
  data: FailingData;
}

/** The chats whose next delivery has failed, which can be set aside; nothing where there is none. */
export function Failing(props: FailingProps) {
  const { webhook, data } = props;
  const { now } = useView();
  return (
    <Live id="failing" path={`${webhookPath(webhook)}/failing`} mark={failingMark(props, now)}>
      {data.lanes.length > 0 && <FailingChats {...props} />}
    </Live>
  );
}

const failingMark = ({ webhook, data: { lanes, hasMore, names } }: FailingProps, now: number) =>
  markOf(
    lanes.map(({ chatId, attempts, error, dueAt }) => [
      chatId,
      attempts,
      error,
      webhook.enabled && dueAt > now && formatSpan(dueAt - now, 'en'),
    ]),
    hasMore,
    [...names],
  );

function FailingChats({ webhook, data }: FailingProps) {
  const text = useWords(words);
  const { now } = useView();
  const errorText = useErrorText();
  const { lanes, hasMore, names } = data;
  return (
    <article>
      {/* Where all fails, the webhook itself is what to look at first. */}
      <details id="failing-chats" open={webhook.enabled && webhook.health.consecutiveErrors === 0}>
        <summary>
          <h2 class="summary-title">{text.title(`${lanes.length}${hasMore ? '+' : ''}`)}</h2>
        </summary>
        <p>{text.intro}</p>
        <ul class="deliveries">
          {lanes.map(({ chatId, attempts, error, dueAt }) => (
            <li key={chatId}>
              <div>
                <b>
                  <ChatLink id={chatId} name={names.get(chatId)} />
                </b>
                <p class="soft">
                  {attempts === 0 ? text.again : text.failed(attempts)}
                  {webhook.enabled && dueAt > now && (
                    <>
                      , {text.nextTry} <Span at={dueAt} />
                    </>
                  )}
                </p>
                {error && <p dir="auto">{errorText(error)}</p>}
              </div>
              <Form action={`${webhookPath(webhook)}/chats/${chatId}/set-aside`}>
                <button id={`set-aside-${chatId}`} type="submit" class="small outline">
                  {text.setAside}
                </button>
              </Form>
            </li>
          ))}
        </ul>
      </details>
    </article>
  );
}

interface OfChat {
  Params: { id: string; chat: string };
}

export function failingPages(pages: Pages, context: WebContext): void {
  livePages(pages, context, 'failing', async (webhook) => {
    const props = { webhook, data: await loadFailing(context, webhook) };
    return { mark: failingMark(props, context.clock.now()), part: <Failing {...props} /> };
  });

  pages.post<OfChat>('/webhooks/:id/chats/:chat/set-aside', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    const notice = await setAside(context, request, webhook.id, idFrom(request.params.chat));
    return leadTo(context, request, reply, webhookPath(webhook), notice);
  });
}

async function setAside(
  { redelivery }: WebContext,
  request: FastifyRequest,
  id: number,
  chatId: number,
) {
  const { done, nothing } = words[languageOf(request)];
  try {
    await redelivery.park(workspaceOf(request).id, id, chatId);
    return { kind: 'done' as const, text: done };
  } catch (error) {
    if (error instanceof NothingToParkError) return { kind: 'failed' as const, text: nothing };
    throw error;
  }
}
