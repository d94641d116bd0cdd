import { expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { inboundInput } from '../support/messages.ts';
import { API_KEY, ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOUR = 3_600_000;
const SECRETS = {
  text: 'TEXT-THAT-NO-LOG-MAY-HOLD',
  name: 'NAME-THAT-NO-LOG-MAY-HOLD',
  answer: 'ANSWER-THAT-NO-LOG-MAY-HOLD',
  token: 'TOKEN-IN-THE-URL-THAT-NO-LOG-MAY-HOLD',
};

test('the log of the process, at LOG_LEVEL=trace, holds no key, secret, text or name', async () => {
  const receiver = await HttpReceiver.start();
  const server = await ServerProcess.start(tempFolder(), { LOG_LEVEL: 'trace' });
  const hook = async (path: string, granularity_hours: number) => {
    const target_url = receiver.url(path);
    return (await server.call('POST', '/webhooks', { target_url, granularity_hours })).body;
  };
  const good = await hook(`/good?${SECRETS.token}`, 0);
  const bundle = await hook(`/bundle?${SECRETS.token}`, 1);
  const bad = await hook(`/bad?${SECRETS.token}`, 0);
  receiver.statuses.set(`/bad?${SECRETS.token}`, 500);
  receiver.bodies.set(`/bad?${SECRETS.token}`, SECRETS.answer);
  const message = inboundInput({
    chat: { id: SECRETS.name, full_name: SECRETS.name },
    message: { text: SECRETS.text },
  });
  await server.call('POST', '/messages', message);
  await server.call('POST', '/messages', {
    messages: [{ ...message, [SECRETS.name]: 1 }, message],
  });
  await server.call('POST', '/messages', SECRETS.text);
  await server.call('POST', `/webhooks/${good.id}/test`);
  await server.call('GET', `/chats?search=${SECRETS.name}`);
  await server.call('GET', '/me', undefined, `${API_KEY}-wrong`);
  for (let errors = 1; errors <= 11; errors += 1) {
    await receiver.waitFor(`/bad?${SECRETS.token}`, errors);
    await server.until(`/webhooks/${bad.id}`, (one) => one.consecutive_errors === errors);
    await server.advance(10 * HOUR);
  }
  await receiver.waitFor(`/bundle?${SECRETS.token}`, 1);
  expect(await server.stop()).toBe(0);
  await receiver.stop();

  // It did log: the switch-off is worth a line.
  expect(server.output).toContain('webhook switched off after errors');
  const told = [API_KEY, good.secret, bundle.secret, bad.secret, ...Object.values(SECRETS)];
  for (const secret of told) {
    expect(secret.length).toBeGreaterThan(10);
    expect(server.output).not.toContain(secret);
  }
});
