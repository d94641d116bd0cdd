import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evenlyDueAfter, fairShare, opensAt, spacingMs } from '../../src/core/pace.ts';
import { World } from '../support/world.ts';

describe('the rate of a webhook', () => {
  test.each([
    ['https://hooks.zapier.com/hooks/standard/1/a/', null, 40],
    ['https://HOOKS.Zapier.com:443/', null, 40],
    ['https://zapier.com/', null, 40],
    ['https://hooks.zapier.com/', 100, 10],
    ['https://notzapier.com/', null, 0],
    ['https://zapier.com.evil.example/', null, 0],
    ['https://receiver.example/', null, 0],
    ['https://receiver.example/', 4, 250],
    ['not a url', null, 0],
  ])('of %s, set to %p, leaves %i ms between starts', (targetUrl, rate, ms) => {
    expect(spacingMs({ targetUrl, rate })).toBe(ms);
  });

  test('is kept in every second, whenever the starts are asked for', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(waits, fc.integer({ min: 1, max: 50 }), (delays, rate) => {
        const spacing = spacingMs({ targetUrl: '', rate });
        let [now, evenly] = [1e12, 0];
        const starts: number[] = [];
        for (const delay of delays) {
          now = Math.max(now + delay, opensAt(evenly, spacing, now));
          starts.push(now);
          evenly = evenlyDueAfter(evenly, spacing, now);
        }
        for (const from of starts) {
          const within = starts.filter((at) => at >= from && at < from + 999.9);
          expect(within.length).toBeLessThanOrEqual(rate + 4);
        }
      }),
    );
  });

  test('lets nobody wait for a clock that was set back', () => {
    expect(opensAt(1e12, 40, 1e9)).toBe(1e9);
    expect(evenlyDueAfter(1e12, 40, 1e9)).toBe(1e9 + 40);
  });
});

test.each([
  [500, 1, 500],
  [500, 3, 166],
  [500, 500, 1],
  [500, 9000, 1],
  [500, 0, 500],
])('of %i requests %i webhooks may each have %i', (cap, active, share) => {
  expect(fairShare(cap, active)).toBe(share);
});

test('a webhook starts no more requests a second than it may, and loses none', async () => {
  const world = await World.create();
  await world.createWebhook({ rate_per_second: 10 });
  await world.accept(...Array.from({ length: 40 }, (_, i) => ({ chat: { id: `chat-${i}` } })));
  await world.idle();
  const { requests } = world.receiver;
  expect(requests.length).toBeLessThanOrEqual(4);
  await world.advance(1000);
  expect(requests.length).toBeGreaterThanOrEqual(12);
  expect(requests.length).toBeLessThanOrEqual(14);
  await world.advance(10_000);
  expect(requests).toHaveLength(40);
  await world.stop();
});

test('a webhook has no more under way at once than it may', async () => {
  const world = await World.create();
  await world.createWebhook({ concurrency: 3 });
  world.receiver.answer('https://receiver.example/', 'hold');
  await world.accept(...Array.from({ length: 9 }, (_, i) => ({ chat: { id: `chat-${i}` } })));
  await world.idle();
  expect(world.receiver.requests).toHaveLength(3);
  await world.crash();
});

test('when all requests are taken, each webhook may still have its fair share', async () => {
  const world = await World.create();
  for (let n = 0; n < 8; n += 1) {
    const url = `https://slow.example/${n}`;
    await world.createWebhook({ target_url: url, concurrency: 100 });
    world.receiver.answer(url, 'hold');
  }
  const chats = Array.from({ length: 100 }, (_, i) => ({ chat: { id: `chat-${i}` } }));
  await world.accept(...chats);
  await world.idle();
  expect(world.receiver.requests.length).toBeGreaterThanOrEqual(500);
  const url = 'https://healthy.example/';
  await world.createWebhook({ target_url: url, concurrency: 20 });
  world.receiver.answer(url, 'hold');
  await world.accept(...chats);
  await world.idle();
  const healthy = world.receiver.requests.filter((request) => request.url === url);
  expect(healthy).toHaveLength(20);
  await world.crash();
});
