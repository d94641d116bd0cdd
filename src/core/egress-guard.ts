import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { fairLookup } from './fair-lookup.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** An address block: its base and the length of its prefix in bits. */
export type Network = [Address, number];

/** Half of libuv's threads: both threads of the server look names up. */
const LOOKUPS_TOGETHER = Math.ceil((Number(process.env.UV_THREADPOOL_SIZE) || 4) / 2);
const fairSystemLookup = fairLookup(systemLookup, LOOKUPS_TOGETHER);

/** What is given out of IPv6; the rest is reserved (https://www.iana.org/assignments/ipv6-address-space). */
const GLOBAL_IPV6: Network = ipaddr.parseCIDR('2000::/3');

/** Unicast by its number, but not on the internet; what else is special `range()` of ipaddr.js knows. */
const NOT_PUBLIC: readonly Network[] = [
  // Azure's host agent, which hands secrets to the machine that asks (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16).
  ipaddr.parseCIDR('168.63.129.16/32'),
  // The 6bone's, given back in 2006 (RFC 3701).
  ipaddr.parseCIDR('3ffe::/16'),
];

/** The address that a webhook leads to is not one that it may reach. */
export class EgressRefusedError extends Error {
  readonly host: string;
  /** As which the host was looked up, or the host itself. */
  readonly address: string;

  constructor(host: string, address: string) {
    super(`${host} (${address}) may not be reached`);
    this.name = 'EgressRefusedError';
    this.host = host;
    this.address = address;
  }
}

/** @throws where the text is no block such as 10.0.0.0/8, fd00::/8 or 127.0.0.1 */
export function parseNetwork(text: string): Network {
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv6' ? 128 : 32];
}

/**
 * Whether webhooks may connect to this address: global unicast, or in one of the blocks allowed.
 * An IPv4 address written inside an IPv6 one is judged as what it is.
 * @param text an address as the resolver gives it, not a name
 */
export function isAllowedAddress(text: string, allowed: readonly Network[]): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (allowed.some((network) => contains(network, address))) return true;
  if (address.range() !== 'unicast') return false;
  if (NOT_PUBLIC.some((network) => contains(network, address))) return false;
  return address.kind() === 'ipv4' || contains(GLOBAL_IPV6, address);
}

function contains([base, bits]: Network, address: Address): boolean {
  return base.kind() === address.kind() && address.match(base, bits);
}

/** The host of a URL without the brackets of an IPv6 address. */
const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '');

/**
 * Refuses a URL whose host is itself an address that may not be reached. A name is judged when it is
 * resolved, by {@link guardedLookup}.
 * @throws {EgressRefusedError}
 */
export function checkLiteralAddress(url: URL, allowed: readonly Network[]): void {
  const host = hostOf(url);
  // No socket looks up what Node takes for an address, so that must not depend on another's reading of it.
  const isAddress = isIP(host) !== 0 || ipaddr.isValid(host);
  if (isAddress && !isAllowedAddress(host, allowed)) {
    throw new EgressRefusedError(host, host);
  }
}

/**
 * A resolver that hands the socket only addresses that may be reached. What is checked is what is
 * connected to: a name cannot answer differently in between.
 */
export function guardedLookup(
  allowed: readonly Network[],
  lookup: typeof fairSystemLookup = fairSystemLookup,
): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const usable = addresses.filter(({ address }) => isAllowedAddress(address, allowed));
      const [first] = usable;
      if (!first) return callback(new EgressRefusedError(host, addresses[0]?.address ?? ''), []);
      if (options.all) return callback(null, usable);
      callback(null, first.address, first.family);
    });
  };
}
