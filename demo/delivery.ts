import type { BatchItem, MessageItem } from '../src/zapier/items.ts';
import type { HttpReceiver } from '../test/support/http-receiver.ts';
import { API_KEY, type ServerProcess } from '../test/support/server-process.ts';
import { BuiltIntegration, type Bundle, hookBundle } from './built-integration.ts';
import { account, conversation } from './conversation.ts';

interface Accepted {
  accepted: number;
  skipped: { code: string }[];
}

/** Two Zaps, one conversation: what each trigger hands to its Zap, and how many runs that makes. */
export async function showDelivery(
  server: ServerProcess,
  receiver: HttpReceiver,
  folder: string,
): Promise<void> {
  const integration = new BuiltIntegration(folder);
  const connection = { authData: { baseUrl: server.url, apiKey: API_KEY } };
  const me = await integration.call<object>('authentication.test', connection);
  console.log('The built Zapier integration connects to a fresh server:', JSON.stringify(me), '\n');
  await server.call('PUT', `/whatsapp-accounts/${account.phone}`, {
    full_name: 'Jane Smith',
    email: 'jane@acme.example',
  });

  const single = new Zap(integration, receiver, connection, 'new_message', {
    direction: 'both',
  });
  const batch = new Zap(integration, receiver, connection, 'new_message_batch', {
    granularity: '24',
  });
  await single.switchOn('zap-1');
  await batch.switchOn('zap-2');

  const messages = conversation();
  const { body } = await server.call<Accepted>('POST', '/messages', { messages });
  console.log(
    `${messages.length} WhatsApp messages go in: ${body.accepted} accepted, ${body.skipped.length} skipped (${body.skipped[0]?.code}).\n`,
  );

  const runs = await single.runs<MessageItem>(body.accepted);
  console.log(`NEW MESSAGE ran ${runs.length} times:`);
  for (const { chat, message } of runs) {
    const who = `${message.sender.full_name} in ${chat.full_name}`;
    console.log(
      `  ${message.direction.padEnd(8)}  ${who.padEnd(24)}  ${JSON.stringify(message.text)}`,
    );
  }

  const { body: flushed } = await server.call<{ bundles: number }>(
    'POST',
    `/webhooks/${batch.webhookId}/flush`,
  );
  const bundles = await batch.runs<BatchItem>(flushed.bundles);
  console.log(
    `\nNEW MESSAGE BATCH (every 24 hours, closed early for this demo) ran ${bundles.length} times:`,
  );
  for (const { chat, message_count, transcript, aggregation } of bundles) {
    console.log(`\n  ${chat.full_name}, ${message_count} messages. As plain text:\n`);
    console.log(transcript.replace(/^/gm, '    '));
    console.log('\n  As a CRM note (HTML), shortened:\n');
    console.log(`    ${aggregation.slice(0, 150)} … ${aggregation.slice(-130)}`);
  }

  await single.switchOff();
  await batch.switchOff();
  await integration.close();
  console.log(
    `\n${body.accepted} messages → ${runs.length} Zap runs one by one, ${bundles.length} in bundles`,
  );
}

/** A Zap on one trigger, doing what Zapier does: subscribe, run the hook on what arrives, unsubscribe. */
class Zap {
  readonly #call: <Result>(name: string, more?: Bundle) => Promise<Result>;
  readonly #receiver: HttpReceiver;
  readonly #path: string;
  #subscribeData: { id: string } = { id: '' };

  constructor(
    integration: BuiltIntegration,
    receiver: HttpReceiver,
    connection: Bundle,
    trigger: string,
    inputData: Bundle,
  ) {
    this.#receiver = receiver;
    this.#path = `/hooks/${trigger}`;
    this.#call = (name, more = {}) =>
      integration.call(`triggers.${trigger}.operation.${name}`, {
        ...connection,
        inputData,
        ...more,
      });
  }

  get webhookId(): string {
    return this.#subscribeData.id;
  }

  async switchOn(zapId: string): Promise<void> {
    this.#subscribeData = await this.#call('performSubscribe', {
      targetUrl: this.#receiver.url(this.#path),
      meta: { zap: { id: zapId } },
    });
  }

  /** Waits for so many deliveries; answers the items that the trigger made of them. */
  async runs<Item>(count: number): Promise<Item[]> {
    const deliveries = await this.#receiver.waitFor(this.#path, count);
    const items: Item[] = [];
    for (const delivery of deliveries) {
      const bundle = { ...hookBundle(delivery), subscribeData: this.#subscribeData };
      items.push(...(await this.#call<Item[]>('perform', bundle)));
    }
    return items;
  }

  async switchOff(): Promise<void> {
    await this.#call('performUnsubscribe', { subscribeData: this.#subscribeData });
  }
}
