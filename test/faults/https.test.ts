import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Authority, type Certificate } from '../support/certificates.ts';
import { HttpsReceiver } from '../support/https-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { RawReceiver, say } from '../support/raw-receiver.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const trusted = new Authority();
const unknown = new Authority();
const ALL_NAMES = 'DNS:localhost,IP:127.0.0.1,IP:::1';

let server: ServerProcess;
const receivers: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  server = await ServerProcess.start(tempFolder(), {
    NODE_EXTRA_CA_CERTS: trusted.file,
    PAKIET_ALLOW_NETWORKS: '127.0.0.1/32,::1/128',
  });
});

afterAll(async () => {
  await server.stop();
  for (const receiver of receivers) await receiver.stop();
});

async function receiverWith(certificate: Certificate, host?: string): Promise<HttpsReceiver> {
  const receiver = await HttpsReceiver.start(certificate, host);
  receivers.push(receiver);
  return receiver;
}

let accounts = 0;

/** A webhook of an account of its own; answers its id and how to send it messages of one chat. */
async function hook(target_url: string) {
  accounts += 1;
  const account = `+4850000000${accounts}`;
  const { body } = await server.call<{ id: string }>('POST', '/webhooks', {
    target_url,
    granularity_hours: 0,
    filters: { whatsapp_accounts: [account] },
  });
  const send = (...texts: string[]) =>
    server.call('POST', '/messages', {
      messages: texts.map((text) => inboundInput({ account, message: { text } })),
    });
  return { id: body.id, send };
}

describe('deliveries over TLS', () => {
  test.each([
    ['localhost', '127.0.0.1', 'localhost'],
    ['127.0.0.1', '127.0.0.1', false],
    ['[::1]', '::1', false],
  ])('to https://%s arrive in order over a kept connection', async (name, address, serverName) => {
    const receiver = await receiverWith(trusted.issue(ALL_NAMES), address);
    const { id, send } = await hook(receiver.url(name));
    const texts = Array.from({ length: 10 }, (_, i) => `number ${i}`);
    await send(...texts);
    const { consecutive_errors } = await server.until(
      `/webhooks/${id}`,
      ({ waiting, consecutive_errors: errors }) => waiting === 0 || errors > 0,
    );
    expect(consecutive_errors).toBe(0);
    expect(receiver.bodies.map((body) => JSON.parse(body).message.text)).toEqual(texts);
    // A second one is opened where a request follows before the first is free again.
    expect(receiver.handshakes.length).toBeLessThanOrEqual(2);
    expect(new Set(receiver.handshakes)).toEqual(new Set([serverName]));
  });
});

describe('a receiver that is not who it should be gets nothing, and it counts as an error', () => {
  const cases: [string, string, () => Certificate, RegExp][] = [
    [
      'a certificate for another name',
      'localhost',
      () => trusted.issue('DNS:other.example'),
      /is for another host name \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
    ],
    [
      'a certificate for its name, asked for by its address',
      '127.0.0.1',
      () => trusted.issue('DNS:localhost'),
      /is for another host name/,
    ],
    [
      'a certificate for another address',
      '[::1]',
      () => trusted.issue('IP:::2,IP:127.0.0.1,DNS:localhost'),
      /is for another host name/,
    ],
    [
      'a certificate that has expired',
      'localhost',
      () => trusted.issue(ALL_NAMES, -1),
      /has expired \(CERT_HAS_EXPIRED\)/,
    ],
    [
      'a certificate of its own making',
      'localhost',
      () => trusted.selfSigned(ALL_NAMES),
      /is self-signed; .*NODE_EXTRA_CA_CERTS.*\(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    ],
    [
      'a certificate of an unknown authority',
      'localhost',
      () => unknown.issue(ALL_NAMES),
      /from an authority that this server does not know, .*NODE_EXTRA_CA_CERTS/,
    ],
  ];

  test.each(cases)('%s', async (_what, name, certificate, message) => {
    const receiver = await receiverWith(certificate(), name === '[::1]' ? '::1' : '127.0.0.1');
    const { id, send } = await hook(receiver.url(name));
    await send('a secret');
    await server.until(`/webhooks/${id}`, (webhook) => webhook.consecutive_errors === 1);
    const { body: log } = await server.call('GET', `/webhooks/${id}/log`);
    expect(log[0]).toMatchObject({ response: null, error: { code: 'tls_failed' } });
    expect(log[0].error.message).toMatch(message);
    expect(receiver.bodies).toEqual([]);
  });

  test.each([
    ['HTTP without TLS', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'],
    ['an alert in place of a handshake', Buffer.from('15030300020228', 'hex')],
    ['noise', 'x'.repeat(1000)],
  ])('%s', async (_what, bytes) => {
    const receiver = await RawReceiver.start(say(bytes));
    receivers.push(receiver);
    const { id, send } = await hook(`https://localhost:${receiver.port}/`);
    await send('a secret');
    await server.until(`/webhooks/${id}`, (webhook) => webhook.consecutive_errors === 1);
    const { body: log } = await server.call('GET', `/webhooks/${id}/log`);
    expect(log[0]).toMatchObject({ response: null, error: { code: 'tls_failed' } });
    expect(log[0].error.message).toMatch(/does not speak proper TLS/);
  });
});
