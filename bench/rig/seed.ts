import { addKey } from '../../src/core/api-keys.ts';
import type { Clock } from '../../src/core/clock.ts';
import { Intake } from '../../src/core/intake.ts';
import { Sender } from '../../src/core/sender.ts';
import { WebhookActions } from '../../src/core/webhooks.ts';
import type { Webhook } from '../../src/store/rows.ts';
import type { Store } from '../../src/store/store.ts';
import {
  type InboundMessage,
  type InboundMessageInput,
  inboundMessageSchema,
} from '../../src/wire/inbound.ts';
import { type NewWebhookInput, newWebhookSchema } from '../../src/wire/webhook.ts';

const AT_ONCE = 2000;

/**
 * Puts things into a store on which no server runs, with what the server itself would use: so the store
 * comes to be as a server would have left it that was stopped before it could deliver.
 */
export class Seed {
  readonly #store: Store;
  readonly #intake: Intake;
  readonly #webhooks: WebhookActions;
  /** The time at which things are said to happen, Unix milliseconds. */
  now = Date.now();

  constructor(store: Store) {
    this.#store = store;
    const clock: Clock = { now: () => this.now, alarm: () => () => {} };
    this.#intake = new Intake({ store, clock, wake: () => {}, changed: () => {} });
    const sender = new Sender([]);
    this.#webhooks = new WebhookActions({ store, clock, sender, changed: () => {} });
  }

  /** A workspace that the key opens; answers its id. */
  async workspace(key: string): Promise<number> {
    const owner = { name: 'Bench', ownerName: '', ownerEmail: '' };
    const { id } = await this.#store.transaction((tx) => tx.workspaces.create(owner));
    await addKey(this.#store, id, key, this.now);
    return id;
  }

  webhook(workspaceId: number, given: NewWebhookInput): Promise<Webhook> {
    return this.#webhooks.create(workspaceId, newWebhookSchema.parse(given));
  }

  /** Hands so many messages in, as fast as the store takes them. */
  async messages(
    workspaceId: number,
    count: number,
    messageAt: (index: number) => InboundMessageInput,
  ): Promise<void> {
    for (let from = 0; from < count; from += AT_ONCE) {
      const size = Math.min(AT_ONCE, count - from);
      const messages = Array.from({ length: size }, (_, i) => parse(messageAt(from + i)));
      const accepted = await this.#intake.accept(workspaceId, messages);
      const bad = accepted.find(({ status }) => status !== 'accepted');
      if (bad) throw new Error(`A message was not taken: ${bad.status}`);
    }
  }
}

const parse = (message: InboundMessageInput): InboundMessage => inboundMessageSchema.parse(message);
