import type { InEach } from '../../core/language.ts';
import type { Activity, ActivityAction, Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { hidden, send } from '../respond.tsx';
import { Time } from '../time.tsx';
import { useWords } from '../view.tsx';
import { hasSeen, Live, markOf } from './part.tsx';
import { useActivityText } from './sentences.ts';
import { type OfWebhook, theWebhook, webhookPath } from './the-webhook.ts';

const en = {
  title: 'Activity log',
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

interface ActivityProps {
  webhook: Webhook;
  activities: Activity[];
}

/** The 10 latest actions. It keeps itself up to date, and reads out the latest when there is a new one. */
export function ActivityLog({ webhook, activities }: ActivityProps) {
  const { title } = useWords(words);
  return (
    <article>
      <h2>{title}</h2>
      <p id="activity-news" class="unseen" role="status" />
      <Entries webhook={webhook} activities={activities} />
    </article>
  );
}

function Entries({ webhook, activities }: ActivityProps) {
  const { none, actions } = useWords(words);
  const activityText = useActivityText();
  return (
    <Live id="activity" path={`${webhookPath(webhook)}/activity`} mark={markOf(activities)}>
      {activities.length === 0 ? (
        <p class="soft">{none}</p>
      ) : (
        <ol class="activities">
          {activities.map((activity) => (
            <li key={`${activity.at} ${activityText(activity)}`}>
              <span class={`badge ${KINDS[activity.action] ?? ''}`}>
                {actions[activity.action]}
              </span>
              <Time at={activity.at} form="second" />
              <span class="what" dir="auto">
                {activityText(activity)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Live>
  );
}

const Sentence = ({ activity }: { activity: Activity }) => <>{useActivityText()(activity)}</>;

export function activityPages(pages: Pages, context: WebContext): void {
  pages.get<OfWebhook>('/webhooks/:id/activity', hidden, async (request, reply) => {
    const webhook = await theWebhook(context, request);
    const activities = await context.store.read.history.activities(webhook.id);
    if (hasSeen(request, markOf(activities))) return reply.code(204).send();
    const [latest] = activities;
    const part = (
      <>
        <Entries webhook={webhook} activities={activities} />
        {latest && (
          // Filled where it stands: a region that is itself replaced would not be read out.
          <p id="activity-news" hx-swap-oob="innerHTML">
            <Sentence activity={latest} />
          </p>
        )}
      </>
    );
    return send(context, request, reply, part);
  });
}
