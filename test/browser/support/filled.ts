import { signedIn } from '../../support/browser-like.ts';
import type { HttpReceiver } from '../../support/http-receiver.ts';
import { inboundInput } from '../../support/messages.ts';
import type { ServerProcess } from '../../support/server-process.ts';

/** Long, without a place to break it, and of no good will. */
const HOSTILE = `"><script>alert(1)</script>${'W'.repeat(120)}`;

/** What the addresses of pages name. */
export interface Filled {
  /** Of a webhook that delivers, of one that fails, of one that is switched off. */
  webhook: string;
  failing: string;
  off: string;
  chat: string;
  /** Of a message. */
  permalink: string;
  /** Sources, of a phone and of a business number, the latter having refused a request. */
  waha: string;
  cloud: string;
}

/** Gives a server's workspace one of everything, so that no page is empty; its owner has a password. */
export async function fill(server: ServerProcess, receiver: HttpReceiver): Promise<Filled> {
  const owner = await signedIn(server);
  for (const label of ['CRM', HOSTILE]) await owner.follow(await owner.post('/keys', { label }));
  receiver.statuses.set('/bad', 500);
  const make = async (name: string, path: string, granularity_hours = 0) => {
    const hook = { name, target_url: receiver.url(path), granularity_hours };
    return (await server.call('POST', '/webhooks', hook)).body.id as string;
  };
  const webhook = await make('Acme CRM', '/good');
  const failing = await make(HOSTILE, '/bad');
  const off = await make('Spreadsheet', '/off', 24);
  await server.call('PATCH', `/webhooks/${off}`, { enabled: false });
  const messages = ['Hi! How are you?', HOSTILE, 'Zażółć gęślą jaźń 🙂', 'مرحبا'].map((text, i) =>
    inboundInput({
      chat: { id: 'one', full_name: 'John Doe' },
      message: { text, direction: i % 2 ? 'sent' : 'received' },
    }),
  );
  const hostile = inboundInput({ chat: { id: 'two', full_name: HOSTILE } });
  await server.call('POST', '/messages', { messages: [...messages, hostile] });
  const [first] = await receiver.waitFor('/good', 5);
  await server.until(`/webhooks/${failing}`, (one) => one.consecutive_errors > 0);
  const source = async (body: object) =>
    (await server.call('POST', '/sources', body)).body.id as string;
  const waha = await source({ kind: 'waha', name: HOSTILE });
  const cloud = await source({ kind: 'whatsapp-cloud', name: 'Shop', app_secret: 'from-meta' });
  await fetch(`${server.url}/sources/whatsapp-cloud/${cloud}`, { method: 'POST', body: '{}' });
  const { chat, message } = JSON.parse(first?.body as string);
  return { webhook, failing, off, chat: chat.chat_id, permalink: message.message_id, waha, cloud };
}
