import { expect, test } from '@jest/globals';
import { pauseAfter } from '../../src/core/health.ts';
import { retryAfterMs } from '../../src/core/sender.ts';
import { attemptAt } from '../support/attempt.ts';
import { say } from '../support/raw-receiver.ts';

const answer = (status: number, headers = '', body = '') =>
  `HTTP/1.1 ${status} Status\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;

test.each([301, 302, 303, 307, 308])(
  'a redirect (%i) is an error and not followed',
  async (status) => {
    const requests: string[] = [];
    const { attempt, connections } = await attemptAt((socket) => {
      socket.on('data', (bytes) => {
        requests.push(bytes.toString());
        const { localPort } = socket;
        socket.write(answer(status, `location: http://127.0.0.1:${localPort}/elsewhere\r\n`));
      });
    });
    expect(attempt).toMatchObject({
      ok: false,
      error: { code: `status_${status}` },
    });
    expect([requests.length, connections]).toEqual([1, 1]);
  },
);

test.each([201, 202, 204, 206, 300, 304, 400, 401, 404, 410, 413, 429, 500, 503, 599, 999])(
  '%i is an error',
  async (status) => {
    const { attempt } = await attemptAt(say(answer(status)));
    expect(attempt).toMatchObject({
      ok: false,
      error: { code: `status_${status}` },
      response: { status },
    });
  },
);

const HOUR = 3_600_000;
const FIRST_PAUSE_MS = 5000;
const now = Date.UTC(2021, 1, 24, 16, 0, 0);

test.each([
  ['none', '', FIRST_PAUSE_MS],
  ['seconds', 'retry-after: 120\r\n', 120_000],
  ['fewer seconds than the pause anyhow', 'retry-after: 1\r\n', FIRST_PAUSE_MS],
  ['more than the longest pause', 'Retry-After: 999999\r\n', 8 * HOUR],
  ['a date', 'retry-after: Wed, 24 Feb 2021 17:00:00 GMT\r\n', HOUR],
  ['a date that is past', 'retry-after: Wed, 24 Feb 1971 17:00:00 GMT\r\n', FIRST_PAUSE_MS],
  ['the year 9999', 'retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n', 8 * HOUR],
  ['negative seconds', 'retry-after: -3600\r\n', FIRST_PAUSE_MS],
  ['1e99', 'retry-after: 1e99\r\n', FIRST_PAUSE_MS],
  ['text', 'retry-after: not before 2050\r\n', FIRST_PAUSE_MS],
  ['two of them: the first', 'retry-after: 60\r\nretry-after: 3600\r\n', 60_000],
])(
  'after a 503 or 429 with Retry-After (%s) the pause is as long as that',
  async (_what, header, pause) => {
    for (const status of [503, 429]) {
      const { attempt } = await attemptAt(say(answer(status, header, 'busy')));
      expect(attempt).toMatchObject({ ok: false, response: { status, body: 'busy' } });
      expect(pauseAfter(1, retryAfterMs(attempt, now), 0.5)).toBe(pause);
    }
  },
);
