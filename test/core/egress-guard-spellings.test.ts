import { describe, expect, test } from '@jest/globals';
import { checkLiteralAddress, EgressRefusedError } from '../../src/core/egress-guard.ts';

/** Whether the URL is refused for the address that it is; a name is left to the resolver. */
function isRefused(text: string): boolean {
  try {
    checkLiteralAddress(new URL(text), []);
    return false;
  } catch (error) {
    if (error instanceof EgressRefusedError) return true;
    throw error;
  }
}

describe('however an address is spelled, it is refused for what it is', () => {
  test.each([
    ['decimal', 'http://2130706433'],
    ['decimal, of the clouds’ metadata', 'http://2852039166'],
    ['hexadecimal', 'http://0x7f000001'],
    ['hexadecimal, in capitals', 'http://0X7F.0X1'],
    ['hexadecimal parts', 'http://0x7f.1'],
    ['octal parts', 'http://0177.0.0.1'],
    ['octal', 'http://017700000001'],
    ['octal with more zeros', 'http://00000177.0.0.1'],
    ['two parts', 'http://127.1'],
    ['three parts', 'http://127.0.1'],
    ['one part', 'http://0'],
    ['mixed', 'http://0xa9.0376.169.254'],
    ['a trailing dot', 'http://127.0.0.1.'],
    ['a trailing dot after a number', 'http://2130706433.'],
    ['full-width digits', 'http://１２７.０.０.１'],
    ['ideographic full stops', 'http://127。0。0。1'],
    ['circled digits', 'http://①②⑦.⓪.⓪.①'],
    ['a soft hyphen within', 'http://127.0.0.\u00ad1'],
    ['percent-encoded', 'http://%31%32%37.0.0.1'],
    ['tabs and line ends within', 'http://12\t7.0.\n0.1'],
    ['backslashes', 'http:\\\\127.0.0.1\\'],
    ['a user name that looks like a host', 'http://public.example@127.0.0.1'],
    ['a user name and a port that look like a host', 'http://public.example:80@127.0.0.1:8080'],
    ['several @', 'http://a@public.example@127.0.0.1'],
    ['a port', 'http://127.0.0.1:65535'],
    ['port 0', 'http://127.0.0.1:0'],
    ['a scheme in capitals', 'HTTP://127.0.0.1'],
    ['https', 'https://127.0.0.1'],
    ['a fragment that looks like a host', 'http://127.0.0.1#@public.example'],
    ['IPv6', 'http://[::1]'],
    ['IPv6 in full', 'http://[0000:0000:0000:0000:0000:0000:0000:0001]'],
    ['IPv4 in IPv6', 'http://[::ffff:127.0.0.1]'],
    ['IPv4 in IPv6, hexadecimal', 'http://[::ffff:7f00:1]'],
    ['IPv4 in IPv6, in capitals', 'http://[::FFFF:A9FE:A9FE]'],
    ['IPv4 compatible', 'http://[::127.0.0.1]'],
    ['NAT64', 'http://[64:ff9b::127.0.0.1]'],
    ['6to4', 'http://[2002:7f00:1::]'],
    ['unique local', 'http://[fd00:ec2::254]'],
  ])('%s: %s', (_how, url) => {
    expect(isRefused(url)).toBe(true);
  });
});

describe('what is no address is left to the resolver, under the name that is looked up', () => {
  test.each([
    ['http://localhost', 'localhost'],
    ['http://LOCALHOST', 'localhost'],
    ['http://localhost.', 'localhost.'],
    ['http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', 'localhost'],
    ['http://127.0.0.1.nip.example', '127.0.0.1.nip.example'],
    ['http://127.0.0.1@public.example', 'public.example'],
    ['http://public.example\\@127.0.0.1', 'public.example'],
    ['http://public.example#@127.0.0.1', 'public.example'],
    ['http://public.example?@127.0.0.1', 'public.example'],
    ['http:///public.example', 'public.example'],
    ['http://żółw.example', 'xn--w-uga1v8h.example'],
    ['http://٢.example', 'xn--bib.example'],
  ])('%s: %s', (url, name) => {
    expect(new URL(url).hostname).toBe(name);
    expect(isRefused(url)).toBe(false);
  });
});

test.each([
  'http://',
  'http://?',
  'http://:80',
  'http://256.0.0.1',
  'http://127.0.0.0x100',
  'http://1.2.3.4.5',
  'http://127.0.0.1:65536',
  'http://127.0.0.1:-1',
  'http://[fe80::1%25eth0]',
  'http://[::1',
  'http://[127.0.0.1]',
  'http://a b',
])('%s is no URL at all', (url) => {
  expect(URL.canParse(url)).toBe(false);
});

test.each([
  'http://8.8.8.8',
  'http://134744072',
  'http://[2606:4700::1]',
  'http://[::ffff:808:808]',
])('%s is public in any spelling', (url) => {
  expect(isRefused(url)).toBe(false);
});
