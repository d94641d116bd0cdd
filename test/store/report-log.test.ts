import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openReportLog } from '../../src/store/open.ts';
import type { Arrived, ReportLog } from '../../src/store/report-log.ts';
import type { Store } from '../../src/store/store.ts';
import { appendAll, received } from '../support/chat-log.ts';
import { STORES } from '../support/stores.ts';

for (const kind of STORES)
  describe(kind.name, () => {
    const place = kind.place();
    let store: Store;
    let log: ReportLog | null = null;

    beforeEach(async () => {
      store = await place.open();
    });
    afterEach(async () => {
      await log?.close();
      await store.close();
    });

    async function arrivals(workspaceId: number): Promise<Arrived[]> {
      const found: Arrived[] = [];
      const pages = (log as ReportLog).arrivals(workspaceId, { from: 0, to: 9000 }, null);
      for await (const page of pages) found.push(...page);
      return found;
    }

    test('each account has its last message and how many came today', async () => {
      const of = (account: string, chat: string) => ({ account, chat: { id: chat } });
      const quiet = await store.transaction((tx) => tx.accounts.put(1, '+48500000003', {}));
      const { account: first } = await appendAll(store, [
        { ...received(1000), ...of('+48500000001', 'a') },
        { ...received(2000), ...of('+48500000001', 'b') },
        { ...received(2500), ...of('+48500000001', 'a') },
        // Came later in the log, from a clock that was set back.
        {
          ...of('+48500000001', 'b'),
          receivedAt: 2400,
          message: { timestamp: '2021-02-24T16:25:29Z' },
        },
      ]);
      const { account: second } = await appendAll(store, [
        { ...received(1500), ...of('+48500000002', 'a') },
      ]);
      await appendAll(store, [received(3000)], 2);
      log = await openReportLog(await place.config());
      expect(await log.accounts(1, 2000)).toEqual([
        { accountId: quiet.id, lastReceivedAt: null, lastTimestamp: null, messagesToday: 0 },
        {
          accountId: first.id,
          lastReceivedAt: 2400,
          lastTimestamp: Date.UTC(2021, 1, 24, 16, 25, 29),
          messagesToday: 3,
        },
        {
          accountId: second.id,
          lastReceivedAt: 1500,
          lastTimestamp: expect.any(Number),
          messagesToday: 0,
        },
      ]);
    });

    test('what comes in meanwhile is not of the report', async () => {
      log = await openReportLog(await place.config());
      await appendAll(store, [received(1)], 3);
      // The moment is that of the first look.
      expect(await arrivals(3)).toHaveLength(1);
      await appendAll(store, [received(2)], 3);
      expect(await arrivals(3)).toHaveLength(1);
    });

    test('messages come in the order of the log, many or few', async () => {
      const times = Array.from({ length: 2500 }, (_, i) => (i * 7919) % 5000);
      await appendAll(
        store,
        times.map((time) => received(time, 'ąę')),
        4,
      );
      log = await openReportLog(await place.config());
      const found = await arrivals(4);
      expect(found.map(({ receivedAt }) => receivedAt)).toEqual(times);
      // The text is four bytes long.
      const [one] = found;
      expect(one?.octets).toBe(4);
    });

    test('a workspace gets no chats of another', async () => {
      const { chat } = await appendAll(store, [received(1)], 5);
      log = await openReportLog(await place.config());
      expect(await log.chats(5, [chat.id, 999])).toMatchObject([{ chat, account: {} }]);
      expect(await log.chats(6, [chat.id])).toEqual([]);
    });
  });
