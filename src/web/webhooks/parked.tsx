import { errorSentence } from '../../core/error-sentence.ts';
import { countEn, countPl, type InEach } from '../../core/language.ts';
import type { Parked, Webhook } from '../../store/rows.ts';
import { idFrom, type Pages, type WebContext } from '../context.ts';
import { languageOf } from '../reader.ts';
import { hidden, leadTo } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { Time } from '../time.tsx';
import { Dangerous, Form } from '../ui.tsx';
import { useWords } from '../view.tsx';
import { amounts } from './amounts.ts';
import { ChatLink, chatNames } from './chat-link.tsx';
import { Live, livePages, markOf } from './part.tsx';
import { useErrorText } from './sentences.ts';
import { theWebhook, webhookPath } from './the-webhook.ts';

const SHOWN = 50;

const en = {
  title: 'Set aside',
  intro:
    'These deliveries kept failing and were set aside, so that their chats can go on. Repair what the receiver refuses, then send them again.',
  zapNote: 'Each that succeeds makes one Zap run.',
  first: `Only the ${SHOWN} latest are shown.`,
  after: (attempts: number) => `after ${countEn(attempts, 'attempt')}`,
  resend: 'Send again',
  discard: 'Discard',
  discardHint: 'These messages are then not delivered any more. They stay in the chat.',
  sent: 'Sent: the receiver has taken it.',
  failed: (why: string) => `It failed again. ${why}.`,
  discarded: 'The delivery is discarded.',
  gone: 'This delivery is not there any more: it was sent, discarded, or its messages are gone.',
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Odłożone',
    intro:
      'Te przesyłki wciąż się nie udawały, więc je odłożono, żeby ich czaty mogły ruszyć dalej. Usuń przyczynę, dla której serwer docelowy ich nie przyjmuje, i wyślij je ponownie.',
    zapNote: 'Każda udana to jedno uruchomienie Zapa.',
    first: `Widać tylko ${SHOWN} ostatnich.`,
    after: (attempts) => `po ${countPl(attempts, ['próbie', 'próbach', 'próbach'])}`,
    resend: 'Wyślij ponownie',
    discard: 'Odrzuć',
    discardHint: 'Te wiadomości nie zostaną już wysłane. W czacie pozostaną.',
    sent: 'Wysłano: serwer docelowy przyjął przesyłkę.',
    failed: (why) => `Znowu się nie udało. ${why}.`,
    discarded: 'Przesyłka odrzucona.',
    gone: 'Tej przesyłki już nie ma: została wysłana, odrzucona albo nie ma już jej wiadomości.',
  },
};

type Item = Parked & { messages: number };

export interface ParkedData {
  items: Item[];
  hasMore: boolean;
  /** By the ids of the chats. */
  names: Map<number, string>;
}

export async function loadParked(context: WebContext, webhook: Webhook): Promise<ParkedData> {
  const { read } = context.store;
  const found = await read.parked.list(webhook.id, SHOWN + 1);
  const items: Item[] = [];
  for (const parked of found.slice(0, SHOWN)) {
    const { chatId, firstSeq: fromSeq, lastSeq: toSeq, direction } = parked;
    const messages = await read.messages.count({ chatId, fromSeq, toSeq, direction });
    items.push({ ...parked, messages });
  }
  const chatIds = items.map(({ chatId }) => chatId);
  const names = await chatNames(context, webhook.workspaceId, chatIds);
  return { items, hasMore: found.length > SHOWN, names };
}

interface ParkedProps {
  webhook: Webhook;
  data: ParkedData;
}

/** The deliveries set aside, each to be sent again or discarded; nothing where there is none. */
export function ParkedList(props: ParkedProps) {
  const { webhook, data } = props;
  return (
    <Live id="parked" path={`${webhookPath(webhook)}/parked`} mark={parkedMark(data)}>
      {data.items.length > 0 && <ParkedItems {...props} />}
    </Live>
  );
}

const parkedMark = ({ items, hasMore, names }: ParkedData) => markOf(items, hasMore, [...names]);

function ParkedItems({ webhook, data }: ParkedProps) {
  const text = useWords(words);
  const { items, hasMore, names } = data;
  return (
    <article>
      <h2>{text.title}</h2>
      <p>
        {text.intro} {webhook.source === 'zapier' && text.zapNote}
      </p>
      <ul class="deliveries">
        {items.map((item) => (
          <ParkedItem key={item.id} webhook={webhook} item={item} name={names.get(item.chatId)} />
        ))}
      </ul>
      {hasMore && <p class="soft">{text.first}</p>}
    </article>
  );
}

interface ItemProps {
  webhook: Webhook;
  item: Item;
  name: string | undefined;
}

function ParkedItem({ webhook, item, name }: ItemProps) {
  const errorText = useErrorText();
  const text = useWords(words);
  const { messages } = useWords(amounts);
  const path = `${webhookPath(webhook)}/parked/${item.id}`;
  return (
    <li>
      <div>
        <b>
          <ChatLink id={item.chatId} name={name} />
        </b>
        <p class="soft">
          {messages(item.messages)}, <Time at={item.parkedAt} />, {text.after(item.attempts)}
        </p>
        <p dir="auto">{errorText(item.error)}</p>
      </div>
      <div class="actions">
        <Form action={`${path}/resend`}>
          <button id={`resend-${item.id}`} type="submit" class="small">
            {text.resend}
          </button>
        </Form>
        <Dangerous id={`discard-${item.id}`} title={text.discard}>
          <p class="hint">{text.discardHint}</p>
          <Form action={`${path}/discard`}>
            <button type="submit" class="small danger">
              {text.discard}
            </button>
          </Form>
        </Dangerous>
      </div>
    </li>
  );
}

interface OfParked {
  Params: { id: string; n: string };
}

export function parkedPages(pages: Pages, context: WebContext): void {
  const { redelivery } = context;

  livePages(pages, context, 'parked', async (webhook) => {
    const data = await loadParked(context, webhook);
    return { mark: parkedMark(data), part: <ParkedList webhook={webhook} data={data} /> };
  });

  pages.post<OfParked>('/webhooks/:id/parked/:n/resend', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    const text = words[languageOf(request)];
    const n = idFrom(request.params.n);
    const tried = await redelivery.resend(workspaceOf(request).id, webhook.id, n);
    const failure = tried
      ? tried.error && text.failed(errorSentence(tried.error, languageOf(request)))
      : text.gone;
    return leadTo(context, request, reply, webhookPath(webhook), {
      kind: failure ? 'failed' : 'done',
      text: failure || text.sent,
    });
  });

  pages.post<OfParked>('/webhooks/:id/parked/:n/discard', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    const text = words[languageOf(request)];
    const n = idFrom(request.params.n);
    const found = await redelivery.discard(workspaceOf(request).id, webhook.id, n);
    const notice = found
      ? { kind: 'done' as const, text: text.discarded }
      : { kind: 'failed' as const, text: text.gone };
    return leadTo(context, request, reply, webhookPath(webhook), notice);
  });
}
