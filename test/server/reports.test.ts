import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ReportFailedError, ReportsBusyError } from '../../src/core/reports.ts';
import { ThreadReports } from '../../src/server/reports/thread-reports.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { inboundInput } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { SITE } from '../support/world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('GET /webhooks/{id}/costs', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start(tempFolder());
  });
  afterAll(() => server.stop());

  const hook = async (filters: object = {}) => {
    const target_url = 'https://receiver.example/';
    const settings = { target_url, granularity_hours: 24, filters };
    return (await server.call('POST', '/webhooks', settings)).body.id as string;
  };
  const say = (id: string, direction: 'sent' | 'received') =>
    server.call('POST', '/messages', inboundInput({ chat: { id }, message: { direction } }));
  const costs = async (id: string, query = '') =>
    (await server.call('GET', `/webhooks/${id}/costs${query}`)).body;

  test('answers the runs of each granularity over the latest days', async () => {
    // Away from midnight, so that what is counted together is of one day.
    await server.advance(DAY + (DAY / 2 - (server.now() % DAY)));
    const all = await hook();
    const some = await hook({ direction: 'sent' });
    await say('a', 'sent');
    await server.advance(2 * DAY);
    await say('a', 'sent');
    await say('a', 'received');
    await say('b', 'received');
    const runs = (counts: number[]) =>
      [0, 1, 6, 12, 24].map((granularity_hours, i) => ({ granularity_hours, runs: counts[i] }));
    expect(await costs(all)).toEqual({
      messages: 4,
      chats: 2,
      runs: runs([4, 3, 3, 3, 3]),
      computed_at: expect.stringMatching(/Z$/),
    });
    expect(await costs(all, '?days=2')).toMatchObject({ messages: 3, runs: runs([3, 2, 2, 2, 2]) });
    expect(await costs(some)).toMatchObject({ chats: 1, runs: runs([2, 2, 2, 2, 2]) });

    await say('c', 'received');
    expect(await costs(all)).toMatchObject({ messages: 4 });
    await server.advance(MINUTE);
    expect(await costs(all)).toMatchObject({ messages: 5, chats: 3 });
  });

  test.each(['0', '401', 'x'])('refuses days=%s', async (days) => {
    const { status, body } = await server.call('GET', `/webhooks/1/costs?days=${days}`);
    expect([status, body.error.field]).toEqual([400, 'days']);
  });

  test('knows no webhook that is none', async () => {
    expect((await server.call('GET', '/webhooks/999/costs')).status).toBe(404);
  });
});

describe('reports', () => {
  const folder = tempFolder();
  const clock = new ManualClock();
  const period = { from: 0, to: 1 };
  let failures: unknown[];
  let reports: ThreadReports[];

  beforeEach(() => {
    failures = [];
    reports = [];
  });
  afterEach(async () => {
    for (const one of reports) await one.stop();
  });

  /** Reports whose threads run this. */
  function made(name: string, program: string): ThreadReports {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(
      path,
      `import { parentPort, workerData } from 'node:worker_threads';\n${program}`,
    );
    const onError = (error: unknown) => failures.push(error);
    const entry = pathToFileURL(path);
    const one = new ThreadReports({
      store: { kind: 'sqlite', folder },
      clock,
      site: SITE,
      onError,
      entry,
    });
    reports.push(one);
    return one;
  }

  const tag = `parentPort.postMessage({ tag: crypto.randomUUID(), asked: workerData.question });`;

  test('asked for together are made once, and shown for a minute', async () => {
    const desk = made('tags', tag);
    const [first, second] = await Promise.all([
      desk.costs(1, {}, period),
      desk.messagesByDay(1, {}, period),
    ]);
    expect(second).toEqual(first);
    expect(first).toMatchObject({
      computedAt: clock.now(),
      asked: { kind: 'costs', workspaceId: 1, filters: {}, period },
    });
    clock.set(clock.now() + MINUTE - 1);
    expect(await desk.costs(1, {}, period)).toEqual(first);
    clock.set(clock.now() + 1);
    const anew = await desk.costs(1, {}, period);
    expect(anew).not.toEqual(first);
    expect(anew.computedAt).toBe(clock.now());
  });

  test('are told apart by workspace, filters, period and kind', async () => {
    const desk = made('tags', tag);
    const answers = await Promise.all([
      desk.costs(1, {}, period),
      desk.costs(2, {}, period),
      desk.costs(1, { direction: 'sent' }, period),
      desk.costs(1, {}, { from: 0, to: 2 }),
      desk.accountFigures(1, 0),
      desk.accountFigures(1, 1),
    ]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(answers.length);
  });

  test('are kept for the latest fifty questions', async () => {
    const desk = made('tags', tag);
    const ask = (n: number) => desk.accountFigures(1, n);
    const first = await ask(0);
    for (let n = 1; n < 50; n += 1) await ask(n);
    expect(await ask(0)).toEqual(first);
    await ask(50);
    expect(await ask(0)).not.toEqual(first);
  });

  test('wait for their turn, but not without end', async () => {
    const desk = made('tags', tag);
    const asked = Array.from({ length: 20 }, (_, n) => desk.accountFigures(1, n));
    await expect(desk.accountFigures(1, 20)).rejects.toThrow(ReportsBusyError);
    // What is being made already may be shared all the same.
    asked.push(desk.accountFigures(1, 0));
    await Promise.all(asked);
    expect(await desk.accountFigures(1, 20)).toMatchObject({ asked: { todayFrom: 20 } });
  });

  test.each([
    ['throws', `throw new Error('no such table');`, 'no such table'],
    ['ends without a word', 'process.exit(3);', 'code 3'],
    ['needs too much memory', `const all = []; for (;;) all.push(new Array(1e6).fill(0.5));`, ''],
  ])('fail where their thread %s, which does not touch the next', async (what, end, cause) => {
    const fatal = `if (workerData.question.todayFrom === 0) { ${end} }`;
    const desk = made(what.replaceAll(' ', '-'), `${fatal}\n${tag}`);
    await expect(desk.accountFigures(1, 0)).rejects.toThrow(ReportFailedError);
    expect(failures).toEqual([
      expect.objectContaining({ message: expect.stringContaining(cause) }),
    ]);
    expect(await desk.accountFigures(1, 1)).toMatchObject({ asked: { todayFrom: 1 } });
    // A failure is not kept.
    await expect(desk.accountFigures(1, 0)).rejects.toThrow(ReportFailedError);
    expect(failures).toHaveLength(2);
  });

  test('end with the server, whatever they are at', async () => {
    const desk = made('endless', 'for (;;);');
    const asked = [desk.accountFigures(1, 0), desk.accountFigures(1, 1)];
    const settled = Promise.allSettled(asked);
    await desk.stop();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(failures).toEqual([]);
  });
});
