import { describe, expect, test } from '@jest/globals';
import ipaddr from 'ipaddr.js';
import { isAllowedAddress } from '../../src/core/egress-guard.ts';

/** An address as a number, and back. */
const toNumber = (text: string) =>
  ipaddr
    .parse(text)
    .toByteArray()
    .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const toText = (value: bigint, bits: number) => {
  const digits = value.toString(16).padStart(bits / 4, '0');
  return ipaddr.fromByteArray([...Buffer.from(digits, 'hex')]).toString();
};

/** The ends of a block and what lies next to it; null where the numbers end. */
function edges(block: string) {
  const [base, prefix] = block.split('/') as [string, string];
  const bits = base.includes(':') ? 128 : 32;
  const first = toNumber(base);
  const last = first + (1n << BigInt(bits - Number(prefix))) - 1n;
  const next = (value: bigint) =>
    value < 0n || value >> BigInt(bits) > 0n ? null : toText(value, bits);
  return {
    first: toText(first, bits),
    last: toText(last, bits),
    before: next(first - 1n),
    after: next(last + 1n),
  };
}

const isPublic = (address: string | null) => address !== null && isAllowedAddress(address, []);

type Row = [what: string, block: string, beforeIsPublic: boolean, afterIsPublic: boolean];

// https://www.iana.org/assignments/iana-ipv4-special-registry, and what has no place on the internet
// though the registry does not list it.
const IPV4: Row[] = [
  ['this network', '0.0.0.0/8', false, true],
  ['private', '10.0.0.0/8', true, true],
  ['carrier-grade NAT; Alibaba’s metadata', '100.64.0.0/10', true, true],
  ['loopback', '127.0.0.0/8', true, true],
  ['Azure’s host agent', '168.63.129.16/32', true, true],
  ['link-local; the clouds’ metadata', '169.254.0.0/16', true, true],
  ['private', '172.16.0.0/12', true, true],
  ['protocol assignments, reachable ones included; Oracle’s metadata', '192.0.0.0/24', true, true],
  ['documentation', '192.0.2.0/24', true, true],
  ['AS112', '192.31.196.0/24', true, true],
  ['AMT relays', '192.52.193.0/24', true, true],
  ['6to4 relays', '192.88.99.0/24', true, true],
  ['private', '192.168.0.0/16', true, true],
  ['AS112', '192.175.48.0/24', true, true],
  ['benchmarks', '198.18.0.0/15', true, true],
  ['documentation', '198.51.100.0/24', true, true],
  ['documentation', '203.0.113.0/24', true, true],
  ['multicast', '224.0.0.0/4', true, false],
  ['reserved', '240.0.0.0/4', false, false],
  ['broadcast', '255.255.255.255/32', false, false],
];

// https://www.iana.org/assignments/iana-ipv6-special-registry and …/ipv6-address-space
const IPV6: Row[] = [
  ['unspecified', '::/128', false, false],
  ['loopback', '::1/128', false, false],
  ['IPv4-compatible', '::/96', false, false],
  ['IPv4-translated', '::ffff:0:0:0/96', false, false],
  ['NAT64', '64:ff9b::/96', false, false],
  ['local NAT64', '64:ff9b:1::/48', false, false],
  ['discard-only', '100::/64', false, false],
  ['dummy prefix', '100:0:0:1::/64', false, false],
  ['all below what is given out', '::1:0:0:0/80', false, false],
  ['what is given out begins behind it', '1000::/4', false, true],
  ['protocol assignments: Teredo, AMT, ORCHID, …', '2001::/23', true, true],
  ['documentation', '2001:db8::/32', true, true],
  ['6to4, of public IPv4 too', '2002::/16', true, true],
  ['AS112', '2620:4f:8000::/48', true, true],
  ['the former 6bone', '3ffe::/16', true, false],
  ['documentation', '3fff::/20', false, true],
  ['what is given out ends before it', '4000::/3', true, false],
  ['segment routing', '5f00::/16', false, false],
  ['reserved', '6000::/3', false, false],
  ['unique local; AWS’s metadata', 'fc00::/7', false, false],
  ['link-local', 'fe80::/10', false, false],
  ['site-local', 'fec0::/10', false, false],
  ['multicast', 'ff00::/8', false, false],
];

describe.each([...IPV4, ...IPV6])('%s, %s', (_what, block, beforeIsPublic, afterIsPublic) => {
  const { first, last, before, after } = edges(block);

  test(`from ${first} to ${last} may not be reached`, () => {
    const middle = toText((toNumber(first) + toNumber(last)) / 2n, block.includes(':') ? 128 : 32);
    expect([first, middle, last].map(isPublic)).toEqual([false, false, false]);
  });

  test(`has ${before} and ${after} for neighbours, judged by themselves`, () => {
    expect([isPublic(before), isPublic(after)]).toEqual([beforeIsPublic, afterIsPublic]);
  });

  if (!block.includes(':')) {
    test('is judged the same where IPv6 maps it, and refused in every other form', () => {
      for (const address of [first, last, before, after].filter((one) => one !== null)) {
        const value = toNumber(address);
        const halves = [value >> 16n, value & 0xffffn].map((half) => half.toString(16)).join(':');
        for (const mapped of [`::ffff:${address}`, `::ffff:${halves}`]) {
          expect([mapped, isPublic(mapped)]).toEqual([mapped, isPublic(address)]);
        }
        for (const other of [
          `::${halves}`,
          `::ffff:0:${halves}`,
          `64:ff9b::${halves}`,
          `64:ff9b:1::${halves}`,
          `2002:${halves}::1`,
          `2001:0:${halves}::1`,
        ]) {
          expect([other, isPublic(other)]).toEqual([other, false]);
        }
      }
    });
  }
});

test.each(['192.0.0.9', '192.0.0.10', '192.0.0.192', '100.100.100.200', '2001:1::1', '2001:3::1'])(
  '%s may not be reached although its block has exceptions',
  (address) => {
    expect(isPublic(address)).toBe(false);
  },
);

test.each(['fe80::1%eth0', 'fe80::1%1', 'fec0::1%lo', '::1%lo', 'fe80::1%25eth0', 'fe80::1%'])(
  '%s, with a zone, may not be reached',
  (address) => {
    expect(isPublic(address)).toBe(false);
  },
);
