import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OWNER, signedIn } from '../support/browser-like.ts';
import { HttpReceiver } from '../support/http-receiver.ts';
import { MailServer } from '../support/mail-server.ts';
import { inboundInput } from '../support/messages.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { describeInBrowser, Visitor } from './support/visitor.ts';

const HOUR = 3_600_000;
const PATH = '/crm';

let receiver: HttpReceiver;
let mails: MailServer;
let server: ServerProcess;
let visitor: Visitor;

/** A form of the page, by the end of its address. */
const form = (end: string) => visitor.page.locator(`main form[action$="${end}"]`);
const textOf = (delivery: { body: string } | undefined) =>
  JSON.parse(delivery?.body as string).message.text as string;
const hand = (text: string) =>
  server.call('POST', '/messages', inboundInput({ chat: { id: 'one' }, message: { text } }));

describeInBrowser('the life of a webhook', () => {
  beforeAll(async () => {
    [receiver, mails] = await Promise.all([HttpReceiver.start(), MailServer.start()]);
    server = await ServerProcess.start(tempFolder(), {
      SMTP_URL: mails.url,
      PAKIET_MAIL_FROM: 'pakiet@acme.example',
    });
    await signedIn(server);
    visitor = await Visitor.come(server);
  });

  afterAll(async () => {
    await visitor.leave();
    await server.stop();
    await Promise.all([receiver.stop(), mails.stop()]);
  });

  /** Lets every delivery fail until the server switches the webhook off. */
  async function failUntilOff(id: string): Promise<void> {
    receiver.statuses.set(PATH, 500);
    await hand('second');
    for (let errors = 1; errors <= 10; errors += 1) {
      await server.until(`/webhooks/${id}`, (one) => one.consecutive_errors === errors);
      await server.advance(10 * HOUR);
    }
    await server.until(`/webhooks/${id}`, (one) => !one.enabled);
  }

  test('from its creation through switch-off and e-mail to catching up and the log', async () => {
    const { page } = visitor;
    await visitor.signIn(OWNER.ownerEmail, OWNER.password);

    // It is made, and refuses an address that is none.
    await page.locator('a[href="/webhooks/new"]').first().click();
    await page.locator('[name=granularity_hours][value="0"]').check();
    await page.locator('[name=name]').fill('Acme CRM');
    await page.locator('[name=target_url]').fill('https://');
    await page
      .locator('#settings, main form')
      .first()
      .evaluate((it) => {
        (it as HTMLFormElement).noValidate = true;
      });
    await form('/webhooks/new').locator('button[type=submit]').last().click();
    await page.locator('#target_url-problem').waitFor();
    await page.locator('[name=target_url]').fill(receiver.url(PATH));
    await form('/webhooks/new').locator('button[type=submit]').last().click();
    await page.waitForURL(/\/webhooks\/\d+$/);
    const [id = ''] = /\d+$/.exec(visitor.path) ?? [];
    await page.locator('.notice.done').waitFor();
    await visitor.picture('life-1-created');

    // A test shows the very request and response.
    await form('/test').locator('button').click();
    const result = page.locator('#test-result');
    await result.getByText(receiver.url(PATH)).first().waitFor();
    await result.locator('details:has-text("of the tests") summary').first().click();
    await result.getByText('of the tests').first().waitFor();
    expect(receiver.at(PATH)).toHaveLength(1);
    expect(await visitor.barriers()).toEqual([]);
    await visitor.picture('life-2-tested');

    // It delivers, and the activity says so without being asked.
    await hand('first');
    const [, first] = await receiver.waitFor(PATH, 2);
    expect(textOf(first)).toBe('first');

    // It fails, 11 times in a row, and is switched off; the owner is told.
    await failUntilOff(id);
    await page.locator('.held form[action$="/resume"]').first().waitFor();
    const [mail] = await mails.waitFor(1);
    expect(mail?.to).toEqual([OWNER.ownerEmail]);
    const [link = ''] = /http\S+\/webhooks\/\d+/.exec(mail?.parts.get('text/plain') ?? '') ?? [];
    await hand('third');

    // By the e-mail's link, past the sign-in (30 days are not over, but she had signed out).
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    await page.goto(link);
    await visitor.send({ email: OWNER.ownerEmail, password: OWNER.password });
    expect(visitor.path).toBe(`/webhooks/${id}`);
    expect(await visitor.barriers()).toEqual([]);
    await visitor.picture('life-3-off');

    // She has mended the receiver, and catches up.
    receiver.statuses.clear();
    const before = receiver.at(PATH).length;
    const catchUp = page.locator('main form:has(input[value=where_it_stopped]) button').first();
    expect(await catchUp.innerText()).toContain('2 messages');
    await catchUp.click();
    await page.locator('.notice.done').waitFor();
    const all = await receiver.waitFor(PATH, before + 2);
    expect(all.slice(before).map(textOf)).toEqual(['second', 'third']);
    await server.until(`/webhooks/${id}`, (one) => one.consecutive_errors === 0);
    await visitor.picture('life-4-caught-up');

    // The detailed log holds all that was sent and answered.
    await page.reload();
    const downloading = page.waitForEvent('download');
    await page.locator('a[download]').click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`webhook-${id}-log.json`);
    const log: { response: { status: number } | null; request: { url: string; body: string } }[] =
      JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(log).toHaveLength(receiver.at(PATH).length);
    expect(log.filter(({ response }) => response?.status === 500)).toHaveLength(11);
    for (const { request } of log) expect(request.url).toBe(receiver.url(PATH));
    expect(new Set(log.map(({ request }) => request.body))).toEqual(
      new Set(receiver.at(PATH).map(({ body }) => body)),
    );
    expect(visitor.complaints).toEqual([]);
  });
});
