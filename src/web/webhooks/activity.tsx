import type { InEach } from '../../core/language.ts';
import type { Activity, ActivityAction, Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { Time } from '../time.tsx';
import { useWords } from '../view.tsx';
import { ChatLink, chatNames } from './chat-link.tsx';
import { LogLink } from './log.tsx';
import { Live, livePages, markOf } from './part.tsx';
import { useActivityText } from './sentences.ts';
import { webhookPath } from './the-webhook.ts';

const en = {
  title: 'Activity log',
  openChat: 'Open the chat',
  none: 'Nothing has happened yet. Once a message comes in, what becomes of it stands here; “Send a test” shows right away whether the receiver works.',
  actions: {
    sent: 'Sent',
    failed: 'Failed',
    disabled: 'Off',
    enabled: 'On',
    edited: 'Changed',
    parked: 'Set aside',
    replayed: 'Again',
    dropped: 'Given up',
    test: 'Test',
  } satisfies Record<ActivityAction, string>,
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Dziennik aktywności',
    openChat: 'Otwórz czat',
    none: 'Nic się jeszcze nie wydarzyło. Gdy przyjdzie wiadomość, zobaczysz tu, co się z nią stało; „Wyślij test” od razu pokaże, czy serwer docelowy działa.',
    actions: {
      sent: 'Wysłano',
      failed: 'Błąd',
      disabled: 'Wyłączono',
      enabled: 'Włączono',
      edited: 'Zmiana',
      parked: 'Odłożono',
      replayed: 'Ponownie',
      dropped: 'Porzucono',
      test: 'Test',
    },
  },
};

const KINDS: Partial<Record<ActivityAction, 'good' | 'warn' | 'bad'>> = {
  sent: 'good',
  enabled: 'good',
  failed: 'bad',
  disabled: 'bad',
  parked: 'warn',
  dropped: 'warn',
};

export interface ActivityData {
  activities: Activity[];
  /** Names of the chats concerned, by their ids. */
  names: Map<number, string>;
  /** In the detailed log. */
  requests: number;
}

export async function loadActivity(context: WebContext, webhook: Webhook): Promise<ActivityData> {
  const { history } = context.store.read;
  const activities = await history.activities(webhook.id);
  const chatIds = activities.flatMap(({ chatId }) => chatId ?? []);
  return {
    activities,
    names: await chatNames(context, webhook.workspaceId, chatIds),
    requests: await history.countRequests(webhook.id),
  };
}

interface ActivityProps {
  webhook: Webhook;
  data: ActivityData;
}

/** The 10 latest actions. It keeps itself up to date, and reads out the latest when there is a new one. */
export function ActivityLog({ webhook, data }: ActivityProps) {
  const { title } = useWords(words);
  return (
    <article>
      <h2>{title}</h2>
      <p id="activity-news" class="unseen" role="status" />
      <Entries webhook={webhook} data={data} />
      <div id="log">
        <LogLink webhook={webhook} requests={data.requests} />
      </div>
    </article>
  );
}

const activityMark = ({ activities, names, requests }: ActivityData) =>
  markOf(activities, [...names], requests);

function Entries({ webhook, data }: ActivityProps) {
  const { none } = useWords(words);
  const { activities, names } = data;
  return (
    <Live id="activity" path={`${webhookPath(webhook)}/activity`} mark={activityMark(data)}>
      {activities.length === 0 ? (
        <p class="soft">{none}</p>
      ) : (
        <ol class="activities">
          {activities.map((activity, n) => (
            <Entry key={n} activity={activity} names={names} />
          ))}
        </ol>
      )}
    </Live>
  );
}

function Entry({ activity, names }: { activity: Activity } & Pick<ActivityData, 'names'>) {
  const { openChat, actions } = useWords(words);
  const { at, action, facts, chatId } = activity;
  // The sentence names the chat, unless it has no name.
  const isNamed = 'chatName' in facts && facts.chatName !== '';
  return (
    <li>
      <span class={`badge ${KINDS[action] ?? ''}`}>{actions[action]}</span>
      <Time at={at} form="second" />
      <span class="what">
        <bdi>
          <Sentence activity={activity} />
        </bdi>{' '}
        {chatId !== null && <ChatLink id={chatId} name={isNamed ? openChat : names.get(chatId)} />}
      </span>
    </li>
  );
}

const Sentence = ({ activity }: { activity: Activity }) => <>{useActivityText()(activity)}</>;

export function activityPages(pages: Pages, context: WebContext): void {
  livePages(pages, context, 'activity', async (webhook) => {
    const data = await loadActivity(context, webhook);
    const [latest] = data.activities;
    const part = (
      <>
        <Entries webhook={webhook} data={data} />
        {latest && (
          // Filled where it stands: a region that is itself replaced would not be read out.
          <p id="activity-news" hx-swap-oob="innerHTML">
            <Sentence activity={latest} />
          </p>
        )}
        <div id="log" hx-swap-oob="innerHTML">
          <LogLink webhook={webhook} requests={data.requests} />
        </div>
      </>
    );
    return { mark: activityMark(data), part };
  });
}
