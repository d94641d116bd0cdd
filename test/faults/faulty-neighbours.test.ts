import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inboundInput } from '../support/messages.ts';
import { FAULTS, Neighbourhood } from '../support/neighbourhood.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const NEIGHBOURS = 99;
const CHATS = 20;
const ROUNDS = 10;
const MEMORY_LIMIT_MB = 600;

const folder = tempFolder();
let server: ServerProcess;
let origin: Neighbourhood;

beforeAll(async () => {
  origin = await Neighbourhood.start();
  server = await ServerProcess.start(folder, { LOG_LEVEL: 'warn' });
});

afterAll(async () => {
  // Without waiting for the requests that hang.
  await server.stop('SIGKILL');
  await origin.stop();
});

const hook = (path: string) =>
  server.call('POST', '/webhooks', { target_url: origin.url(path), granularity_hours: 0 });

const messageOf = (chat: number, text: string) =>
  inboundInput({
    chat: { id: `chat-${chat}@c.us`, full_name: `chat ${chat}` },
    message: { text },
  });

/** Sends rounds of one message to each chat; answers the time from the 202 to the arrival of each. */
async function latencies(phase: string, rounds = ROUNDS): Promise<number[]> {
  const acceptedAt = new Map<string, number>();
  const before = origin.arrivals.length;
  for (let round = 0; round < rounds; round += 1) {
    const texts = Array.from({ length: CHATS }, (_, chat) => `${phase} ${round} to ${chat}`);
    const messages = texts.map((text, chat) => messageOf(chat, text));
    const { status } = await server.call('POST', '/messages', { messages });
    expect(status).toBe(202);
    for (const text of texts) acceptedAt.set(text, performance.now());
    await origin.until(() => origin.arrivals.length >= before + (round + 1) * CHATS);
  }
  return origin.arrivals
    .slice(before)
    .map(({ text, at }) => Math.max(0, at - (acceptedAt.get(text) as number)))
    .sort((a, b) => a - b);
}

const at = (sorted: number[], share: number) => sorted[Math.floor(sorted.length * share)] as number;

/** What a process has taken of the machine's memory at most, in MB. */
function peakMemoryMb(): number {
  const tasks = `/proc/${process.pid}/task`;
  const children = readdirSync(tasks).flatMap((task) =>
    readFileSync(`${tasks}/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  const pid = children.find((child) =>
    readFileSync(`/proc/${child}/environ`, 'utf8').includes(folder),
  );
  const [, kb] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1024;
}

test('a webhook is delivered to unaffected beside 99 faulty ones of the same origin', async () => {
  await hook('healthy');
  await latencies('warm-up');
  const alone = await latencies('alone');

  for (let i = 0; i < NEIGHBOURS; i += 1) await hook(`${FAULTS[i % FAULTS.length]}/${i}`);
  // The first messages are the ones that each of the hundred makes its first requests for.
  const onset = await latencies('onset', 1);
  const beside = await latencies('beside');

  const texts = (chat: number) =>
    origin.arrivals.filter((arrival) => arrival.chat === `chat ${chat}`).map(({ text }) => text);
  for (let chat = 0; chat < CHATS; chat += 1) {
    const sent = ['warm-up', 'alone', 'onset', 'beside'].flatMap((phase) =>
      Array.from(
        { length: phase === 'onset' ? 1 : ROUNDS },
        (_, round) => `${phase} ${round} to ${chat}`,
      ),
    );
    expect(texts(chat)).toEqual(sent);
  }
  expect([...origin.faulty.keys()].sort()).toEqual(['500', 'drip', 'hang', 'reset']);
  // Nothing was waited for: what hangs was hanging all the while.
  expect(origin.givenUpAfter).toEqual([]);

  const hanging = FAULTS.reduce((sum, how, i) => {
    const many = Math.ceil((NEIGHBOURS - i) / FAULTS.length);
    return how === 'hang' || how === 'drip' ? sum + many : sum;
  }, 0);
  // The time limit ends them all, by hundreds at once.
  await origin.until(() => origin.givenUpAfter.length >= hanging);
  const { body: webhooks } = await server.call('GET', '/webhooks');
  const [id] = webhooks
    .filter(({ target_url }: { target_url: string }) => target_url.includes('/hang/'))
    .map((one: { id: string }) => one.id);
  await server.until(`/webhooks/${id}`, ({ consecutive_errors }) => consecutive_errors === 1);
  const { body: log } = await server.call('GET', `/webhooks/${id}/log`);
  expect(log[0].error).toEqual({
    code: 'timeout',
    message: 'The receiver did not answer in full within 10 seconds',
  });
  const memory = peakMemoryMb();
  expect(memory).toBeLessThan(MEMORY_LIMIT_MB);

  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const ratio = (share: number) => (at(beside, share) / at(alone, share)).toFixed(2);
  process.stdout.write(
    `99 faulty neighbours: latency of the healthy webhook, alone → beside them: ` +
      `median ${ms(at(alone, 0.5))} → ${ms(at(beside, 0.5))} (× ${ratio(0.5)}), ` +
      `95th ${ms(at(alone, 0.95))} → ${ms(at(beside, 0.95))} (× ${ratio(0.95)}), ` +
      `of the ${CHATS} messages on which all 99 began to fail: median ${ms(at(onset, 0.5))}; ` +
      `requests to the faulty ones ${JSON.stringify(Object.fromEntries(origin.faulty))}; ` +
      `given up after ${Math.round(Math.min(...origin.givenUpAfter))} ms and more; ` +
      `memory at most ${Math.round(memory)} MB\n`,
  );
}, 60_000);
