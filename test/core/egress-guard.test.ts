import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from '@jest/globals';
import {
  checkLiteralAddress,
  EgressRefusedError,
  guardedLookup,
  isAllowedAddress,
  parseNetwork,
} from '../../src/core/egress-guard.ts';

describe('without an allow-list', () => {
  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001::1',
    '::ffff:8.8.8.8',
  ])('%s may be reached', (address) => {
    expect(isAllowedAddress(address, [])).toBe(true);
  });

  test.each([
    ['this network', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['carrier-grade NAT', '100.127.255.255'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['link-local, where clouds keep credentials', '169.254.169.254'],
    ['protocol assignments', '192.0.0.1'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.1'],
    ['documentation', '203.0.113.1'],
    ['6to4 relays', '192.88.99.1'],
    ['benchmarks', '198.18.0.1'],
    ['benchmarks', '198.19.255.255'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['loopback', '0:0:0:0:0:0:0:1'],
    ['IPv4 mapped', '::ffff:127.0.0.1'],
    ['IPv4 mapped', '::ffff:10.0.0.1'],
    ['IPv4 mapped, in hexadecimal', '::ffff:a9fe:a9fe'],
    ['IPv4 compatible', '::127.0.0.1'],
    ['IPv4 translated', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['NAT64 of a public address', '64:ff9b::808:808'],
    ['local NAT64', '64:ff9b:1::1'],
    ['discard-only', '100::1'],
    ['dummy prefix', '100:0:0:1::1'],
    ['Teredo', '2001::1'],
    ['benchmarks', '2001:2::1'],
    ['ORCHID', '2001:20::1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['6to4', '2002:7f00:1::1'],
    ['segment routing', '5f00::1'],
    ['unique local', 'fc00::1'],
    ['unique local', 'fd12:3456::1'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['never given out', '4000::1'],
    ['never given out', '1::1'],
    ['no address', 'localhost'],
    ['no address', ''],
  ])('%s: %s may not be reached', (_what, address) => {
    expect(isAllowedAddress(address, [])).toBe(false);
  });
});

describe('the allow-list', () => {
  const allowed = ['10.1.0.0/16', '127.0.0.1', 'fd00::/8', '::1'].map(parseNetwork);

  test.each([
    ['10.1.2.3', true],
    ['10.2.0.1', false],
    ['127.0.0.1', true],
    ['127.0.0.2', false],
    ['::ffff:10.1.2.3', true],
    ['fd12::1', true],
    ['fc00::1', false],
    ['::1', true],
    ['::2', false],
    ['8.8.8.8', true],
  ])('%s: %s', (address, expected) => {
    expect(isAllowedAddress(address, allowed)).toBe(expected);
  });

  test.each(['10.0.0.0/33', 'localhost', '', '10.0.0/8/8', 'fd00::/129'])(
    '%j is no block',
    (text) => {
      expect(() => parseNetwork(text)).toThrow();
    },
  );
});

describe('an address written into the URL', () => {
  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
  ])('%s is refused', (url) => {
    expect(() => checkLiteralAddress(new URL(url), [])).toThrow(EgressRefusedError);
  });

  test('a name is left to the resolver', () => {
    expect(() => checkLiteralAddress(new URL('http://localhost/'), [])).not.toThrow();
  });

  test('the refusal names it', () => {
    const refuse = (url: string) => () => checkLiteralAddress(new URL(url), []);
    expect(refuse('http://10.1.2.3/')).toThrow(new EgressRefusedError('10.1.2.3', '10.1.2.3'));
    expect(refuse('http://[fd00::1]/')).toThrow(new EgressRefusedError('fd00::1', 'fd00::1'));
  });
});

describe('the guarded resolver', () => {
  const looking = (answers: LookupAddress[], all: boolean, error: Error | null = null) =>
    new Promise<{ error: Error | null; address: unknown; family: unknown }>((resolve) => {
      const lookup = ((_host: string, options: object, callback: (...all: unknown[]) => void) => {
        expect(options).toMatchObject({ all: true });
        callback(error, error ? undefined : answers);
      }) as never;
      guardedLookup([parseNetwork('10.0.0.0/8')], lookup)(
        'receiver.example',
        { all },
        (failed, address, family) => resolve({ error: failed, address, family }),
      );
    });
  const publicly = { address: '8.8.8.8', family: 4 };
  const inside = { address: '10.0.0.1', family: 4 };
  const loopback = { address: '127.0.0.1', family: 4 };

  test('hands on only the addresses that may be reached', async () => {
    const { address, error } = await looking([loopback, publicly, inside], true);
    expect(error).toBeNull();
    expect(address).toEqual([publicly, inside]);
  });

  test('hands on the first of them where one is asked for', async () => {
    expect(await looking([loopback, publicly], false)).toMatchObject({
      address: '8.8.8.8',
      family: 4,
    });
  });

  test('refuses a name that leads only where webhooks may not go', async () => {
    const { error } = await looking([loopback], true);
    expect(error).toBeInstanceOf(EgressRefusedError);
    expect(error).toMatchObject({ host: 'receiver.example', address: '127.0.0.1' });
  });

  test('passes on that a name does not resolve', async () => {
    const { error } = await looking([], true, new Error('ENOTFOUND'));
    expect(error?.message).toBe('ENOTFOUND');
  });
});
