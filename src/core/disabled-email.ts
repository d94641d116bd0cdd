import type { Email, Workspace } from '../store/rows.ts';

import { asHtml, asText, type Content, type Fact } from './email-layout.tsx';
import { errorSentence } from './error-sentence.ts';
import { countEn } from './language.ts';
import type { Site } from './render.ts';
import { type Mail, oneLine } from './smtp.ts';

/** As much of a name fits into a subject. */
const TITLE_LENGTH = 80;

const date = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'UTC',
});

/** The e-mail to the owner of a workspace: errors have switched this webhook off. */
export function disabledEmail(
  { facts, messageId, webhookId }: Pick<Email, 'facts' | 'messageId' | 'webhookId'>,
  workspace: Omit<Workspace, 'id'>,
  site: Site,
  retentionDays: number,
): Mail {
  const { productName, publicUrl } = site;
  const { errors, source, host, zapId } = facts;
  const name = oneLine(facts.name);
  const which = whichOf(facts);
  const content: Content = {
    greeting: workspace.ownerName ? `Hello ${oneLine(workspace.ownerName)},` : 'Hello,',
    opening: `${productName} has switched off your ${which}, since ${errors} deliveries in a row have failed.`,
    facts: [
      ...(name ? [['Webhook', name] as Fact] : []),
      ...(zapId ? [['Zap', `${oneLine(zapId)}, as in its address in Zapier`] as Fact] : []),
      ['Receiver', host],
      ['Switched off', `${date.format(facts.at)} UTC`],
      ['Errors in a row', String(errors)],
      ['The last error', oneLine(errorSentence(facts.lastError, 'en'))],
    ],
    meanwhile: `Nothing is lost for now. The messages that were waiting, and those that come in meanwhile, are kept; once the webhook is on again it catches up on them, in order. A message that waits is kept for ${countEn(2 * retentionDays, 'day')}, so do not leave it off for longer.`,
    steps: steps(source, `${publicUrl}/api/v1/webhooks/${webhookId}`),
    // The page of the webhook itself is still to be made.
    link: { href: `${publicUrl}/`, label: `${productName} and its documentation` },
    ending: `You get this e-mail as the owner of the workspace “${oneLine(workspace.name)}”: one each time that errors switch a webhook off.`,
  };
  return {
    messageId,
    from: { name: productName },
    to: { name: workspace.ownerName, address: workspace.ownerEmail },
    subject: `${productName}: ${which} was switched off after ${countEn(errors, 'error')} in a row`,
    text: asText(content),
    html: asHtml(content),
  };
}

function steps(source: Email['facts']['source'], resource: string): string[] {
  if (source === 'zapier') {
    return [
      'Look at the Zap in Zapier: is it on, and does its history show errors or held runs?',
      'Switch the Zap off and on again. It connects anew, and its webhook is switched on with it.',
    ];
  }
  return [
    'Find out why the receiver fails, and repair it. It must answer 200 within 10 seconds.',
    `Switch the webhook on again: POST ${resource}/enable with {"from": "where_it_stopped"}.`,
  ];
}

/** Which webhook, for people: by its name, else by its Zap, else by whom it tells. */
function whichOf({ name, zapId, host }: Email['facts']): string {
  if (name) return `webhook “${shortened(oneLine(name))}”`;
  return zapId ? `webhook of Zap ${shortened(oneLine(zapId))}` : `webhook to ${shortened(host)}`;
}

const shortened = (text: string) => {
  const characters = [...text];
  if (characters.length <= TITLE_LENGTH) return text;
  return `${characters.slice(0, TITLE_LENGTH - 1).join('')}…`;
};
