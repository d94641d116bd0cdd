import type { Webhook } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { Form } from '../ui.tsx';
import { useWords } from '../view.tsx';
import { Live, livePages, markOf } from './part.tsx';
import { webhookPath } from './the-webhook.ts';
import { words } from './words.ts';

/** Whether the webhook is on, and the button that switches it off. How it is switched on stands above. */
export function Switch({ webhook }: { webhook: Webhook }) {
  const text = useWords(words);
  const path = webhookPath(webhook);
  const isZap = webhook.source === 'zapier';
  return (
    <Live id="switch" path={`${path}/switch`} mark={switchMark(webhook)}>
      <article>
        <h2>{webhook.enabled ? text.isOn : text.isOff}</h2>
        {webhook.enabled ? (
          <>
            <p>
              {text.switchOffText} {isZap && text.switchOffZap}
            </p>
            <Form action={`${path}/switch-off`}>
              <button id="switch-off" type="submit" class="outline">
                {text.switchOff}
              </button>
            </Form>
          </>
        ) : (
          <p>
            <a href="#held">{text.switchOnAbove}</a>
          </p>
        )}
      </article>
    </Live>
  );
}

const switchMark = ({ enabled }: Webhook) => markOf(enabled);

export const switchPages = (pages: Pages, context: WebContext): void =>
  livePages(pages, context, 'switch', async (webhook) => ({
    mark: switchMark(webhook),
    part: <Switch webhook={webhook} />,
  }));
