import type { Bundle, InputFields, Trigger, ZObject } from 'zapier-platform-core';
import type { ZodObject, ZodType } from 'zod';
import {
  createdWebhookSchema,
  type Granularity,
  type NewWebhookInput,
  unsubscribeSchema,
} from '../wire/webhook.ts';
import { arranged } from './arranged.ts';
import { askServer } from './ask-server.ts';
import { type DefaultDirection, filterParams, filtersOf } from './filters.ts';
import { outputFields } from './output-fields.ts';
import { problem } from './problem.ts';
import { signedBody } from './signed-body.ts';

/** What tells one message trigger from the other. */
interface MessageTriggerDefinition<
  Key extends string,
  Fields extends InputFields,
  Payload,
  Item extends Record<string, unknown> & { id: string },
> {
  key: Key;
  noun: string;
  label: string;
  description: string;
  inputFields: Fields;
  defaultDirection: DefaultDirection;
  granularityHours: (z: ZObject, inputData: Record<string, unknown>) => Granularity;
  payloadSchema: ZodType<Payload>;
  itemSchema: ZodObject & ZodType<Item>;
  toItem: (payload: Payload) => Item;
  sample: Payload;
}

/** What performSubscribe has returned, as Zapier hands it back: not a thing to rely on. */
interface Subscribed {
  id?: string;
  subscription?: unknown;
}

/** A trigger that subscribes to the server's webhooks while its Zap is on. */
export function messageTrigger<
  const Key extends string,
  const Fields extends InputFields,
  Payload,
  Item extends Record<string, unknown> & { id: string },
>(definition: MessageTriggerDefinition<Key, Fields, Payload, Item>) {
  const { key, noun, label, description, inputFields } = definition;
  const { granularityHours, defaultDirection } = definition;
  const { payloadSchema, itemSchema, toItem, sample } = definition;
  const fields = outputFields(itemSchema);

  const itemFrom = (payload: Payload): Item => arranged(toItem(payload), fields);

  const itemOf = (body: unknown): Item | undefined => {
    const payload = readPayload(payloadSchema, body);
    return payload === undefined ? undefined : itemFrom(payload);
  };

  async function performSubscribe(z: ZObject, bundle: Bundle) {
    const { meta, targetUrl = '' }: Partial<Bundle> = bundle;
    const zapId = meta?.zap?.id;
    const webhook: NewWebhookInput = {
      target_url: targetUrl,
      granularity_hours: granularityHours(z, bundle.inputData),
      filters: filtersOf(z, bundle.inputData, defaultDirection),
      name: '',
      source: 'zapier',
      ...(zapId && { zap_id: String(zapId) }),
    };
    return askServer(z, bundle, {
      method: 'POST',
      path: '/webhooks',
      body: webhook,
      read: (answer) => createdWebhookSchema.safeParse(answer).data,
    });
  }

  async function performUnsubscribe(z: ZObject, bundle: Bundle) {
    const { id, subscription }: Subscribed = bundle.subscribeData ?? {};
    if (!id) return {}; // never subscribed, so there is nothing to undo
    // Naming the subscription keeps an unsubscription that arrives late from ending the next one. Should
    // its name have got lost, none is ended: Zapier's 410 will tell the server.
    const body = unsubscribeSchema.safeParse({ subscription }).data ?? { subscription: '' };
    return askServer(z, bundle, {
      method: 'POST',
      path: `/webhooks/${encodeURIComponent(id)}/unsubscribe`,
      body,
      accept: [404, 410],
      read: () => ({ id }),
    });
  }

  async function perform(z: ZObject, bundle: Bundle) {
    const body = signedBody(bundle);
    if (body === undefined) throw problem(z, 'invalid_signature');
    const item = itemOf(body);
    if (item === undefined) throw problem(z, 'unexpected_payload');
    return [item];
  }

  async function performList(z: ZObject, bundle: Bundle) {
    return askServer(z, bundle, {
      path: '/samples',
      params: {
        granularity_hours: granularityHours(z, bundle.inputData),
        ...filterParams(filtersOf(z, bundle.inputData, defaultDirection)),
      },
      read: (answer) => {
        const items = Array.isArray(answer) ? answer.map(itemOf) : [undefined];
        return items.every((item) => item !== undefined) ? items : undefined;
      },
    });
  }

  return {
    key,
    noun,
    display: { label, description },
    operation: {
      type: 'hook',
      inputFields,
      performSubscribe,
      performUnsubscribe,
      perform,
      performList,
      sample: itemFrom(sample),
      outputFields: fields,
    },
  } satisfies Trigger<Key, Fields>;
}

/** A field that a newer server has added is let through; anything else that is amiss is not. */
function readPayload<Payload>(schema: ZodType<Payload>, body: unknown): Payload | undefined {
  const { data, error } = schema.safeParse(body);
  const onlyAdditions = error?.issues.every(({ code }) => code === 'unrecognized_keys');
  return onlyAdditions ? (body as Payload) : data;
}
