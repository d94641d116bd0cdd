import type { Webhook } from '../../store/rows.ts';
import { Time } from '../time.tsx';
import { Copyable, Dangerous, Form } from '../ui.tsx';
import { useView, useWords } from '../view.tsx';
import { words } from './words.ts';

/**
 * The secret that signs the deliveries.
 * @param isShown it was asked for just now
 */
export function SecretCard({ webhook, isShown }: { webhook: Webhook; isShown: boolean }) {
  const text = useWords(words);
  const { now } = useView();
  const { id, source, secret, formerSecrets } = webhook;
  const former = formerSecrets.filter(({ until }) => until > now);
  return (
    <article id="secret">
      <h2>{text.secret}</h2>
      <p>{text.secretText}</p>
      {source === 'zapier' ? (
        <p class="soft">{text.secretZap}</p>
      ) : (
        <>
          {isShown ? (
            <p>
              <Copyable id="secret-text" text={secret} />
            </p>
          ) : (
            <Form action={`/webhooks/${id}/secret`} target="#secret" class="secret">
              <code aria-hidden="true">••••••••••••••••</code>{' '}
              <button type="submit" class="small outline">
                {text.show}
              </button>
            </Form>
          )}
          {former.map(({ until }) => (
            <p key={until} class="soft">
              {text.former} <Time at={until} />
            </p>
          ))}
          <Dangerous title={text.rotate}>
            <p>{text.rotateText}</p>
            <Form action={`/webhooks/${id}/secret/rotate`}>
              <button type="submit" class="danger">
                {text.rotate}
              </button>
            </Form>
          </Dangerous>
        </>
      )}
    </article>
  );
}
