import { describe, expect, test } from '@jest/globals';
import { aggregationHtml } from '../../src/wire/aggregation.ts';
import { bundlePayloadSchema, singlePayloadSchema } from '../../src/wire/payload.ts';
import { bundleSample, singleSample } from '../../src/wire/samples.ts';

describe('the samples', () => {
  test('parse as what they are samples of', () => {
    expect(singlePayloadSchema.parse(singleSample)).toEqual(singleSample);
    expect(bundlePayloadSchema.parse(bundleSample)).toEqual(bundleSample);
  });

  test('have parties that fit the direction', () => {
    const { chat, whatsapp_account } = bundleSample;
    const theirs = { full_name: chat.full_name, phone: chat.phone };
    const ours = { full_name: whatsapp_account.full_name, phone: whatsapp_account.phone };
    for (const { direction, sender, recipient } of [
      ...bundleSample.messages,
      singleSample.message,
    ]) {
      const [from, to] = direction === 'received' ? [theirs, ours] : [ours, theirs];
      expect({ sender, recipient }).toEqual({ sender: from, recipient: to });
    }
  });

  test('have an aggregation, times and ids that fit the messages', () => {
    const { messages, aggregation } = bundleSample;
    const ids = messages.map(({ message_id }) => message_id);
    expect(new Set(ids).size).toBe(ids.length);
    const permalink = `https://pakiet.example.com/permalink/${ids[0]}/`;
    expect(aggregation).toBe(aggregationHtml(messages, { permalink, productName: 'Pakiet' }));
    const times = messages.map(({ timestamp }) => timestamp).sort();
    expect(bundleSample.first_message_timestamp).toBe(times[0]);
    expect(bundleSample.last_message_timestamp).toBe(times.at(-1));
    expect(bundleSample.chat.chat_url).toContain(`/chat/${bundleSample.chat.chat_id}/messages/`);
  });
});
