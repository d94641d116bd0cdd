import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { webhookSource } from '../../src/sources/registry.ts';
import { parseBody } from '../../src/sources/source.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { Program } from '../support/program.ts';

let receiver: HttpReceiver;
beforeAll(async () => {
  receiver = await HttpReceiver.start();
});
afterAll(() => receiver.stop());

const SECRETS = { hmac_key: 'hush hush', app_secret: 'hush hush' };

const simulate = (kind: string, path: string, ...more: string[]) =>
  new Program(
    process.execPath,
    [
      ...['--disable-warning=ExperimentalWarning', 'simulate/simulate.ts', '--kind', kind],
      ...['--url', receiver.url(path), '--seed', '1', '--rate', '2000', ...more],
    ],
    { env: { SIMULATE_SECRET: 'hush hush' } },
  );

describe('npm run simulate', () => {
  test.each(['waha', 'whatsapp-cloud'])('plays %s up to the count, and says so', async (kind) => {
    const path = `/sources/${kind}/1`;
    const { code, stdout, stderr } = await simulate(kind, path, '--count', '60').ended();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^60 messages in \d+ requests .*\n$/m);
    const source = webhookSource(kind);
    const ids = receiver.at(path).flatMap(({ headers, body }) => {
      const rawBody = Buffer.from(body);
      expect(source?.verify({ headers, rawBody }, SECRETS)).toBeNull();
      const { items } = source?.map(parseBody(rawBody)) ?? { items: [] };
      return items.flatMap((item) =>
        item.kind === 'message' ? [item.message.message.message_id] : [],
      );
    });
    expect(new Set(ids).size).toBe(60);
  });

  test('ends on Ctrl+C, after what is under way', async () => {
    const path = '/sources/waha/endless';
    const program = simulate('waha', path);
    await receiver.waitFor(path, 20);
    program.signal('SIGINT');
    const { code, stdout, stderr } = await program.ended();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`in ${receiver.at(path).length} requests`));
  });

  test.each([
    [401, /does not match: is --secret/],
    [404, /no such source: copy the URL/],
  ])('stops at a %d and says what to do', async (status, advice) => {
    const path = `/sources/waha/${status}`;
    receiver.statuses.set(path, status);
    const { code, stderr } = await simulate('waha', path).ended();
    expect(code).toBe(1);
    expect(stderr).toMatch(advice);
    expect(stderr).not.toContain('hush hush');
  });

  test.each<[string, string[], RegExp]>([
    ['a kind that does not fit the URL', ['whatsapp-cloud', '/sources/waha/1'], /say --kind waha/],
    ['a kind that there is not', ['telegram', '/sources/waha/1'], /Allowed choices are waha, /],
    ['a rate of nothing', ['waha', '/', '--rate', '0'], /number from 0.01 to/],
    ['no whole number', ['waha', '/', '--count', '1.5'], /Give a whole number from 1/],
    ['something else than a URL', ['waha', '/', '--url', 'localhost:8080'], /Copy the whole URL/],
  ])('refuses %s', async (_, [kind = '', path = '', ...more], expected) => {
    const { code, stderr } = await simulate(kind, path, ...more).ended();
    expect(code).toBe(1);
    expect(stderr).toMatch(expected);
  });
});
