import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { linkOf, OWNER } from '../support/browser-like.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { describeInBrowser, Visitor } from './support/visitor.ts';

const WORDS = {
  en: {
    welcome: 'Welcome',
    saved: 'Saved: next time sign in',
    profile: 'Your profile',
    profileSaved: 'Saved.',
    newKey: 'Your new key',
    copied: 'Copied',
    back: 'I have copied it',
    revoke: 'Revoke',
    revoked: 'is revoked',
    noKey: 'There is no key yet',
    signOut: 'Sign out',
    signIn: 'Sign in',
    wrong: 'The e-mail address or the password is wrong.',
    other: 'Polski',
    inOther: 'Logowanie',
  },
  pl: {
    welcome: 'Witaj',
    saved: 'Zapisano: następnym razem zaloguj się',
    profile: 'Twój profil',
    profileSaved: 'Zapisano.',
    newKey: 'Twój nowy klucz',
    copied: 'Skopiowano',
    back: 'Klucz skopiowany',
    revoke: 'Unieważnij',
    revoked: 'został unieważniony',
    noKey: 'Nie ma jeszcze klucza',
    signOut: 'Wyloguj się',
    signIn: 'Logowanie',
    wrong: 'Nieprawidłowy adres e-mail lub hasło.',
    other: 'English',
    inOther: 'Sign in',
  },
};

let server: ServerProcess;
let visitor: Visitor;

describeInBrowser('an owner', () => {
  beforeEach(async () => {
    server = await ServerProcess.start(tempFolder());
  });

  afterEach(async () => {
    expect(visitor.complaints).toEqual([]);
    await visitor.leave();
    await server.stop();
  });

  const heading = () => visitor.page.locator('h1').innerText();
  const notice = () => visitor.page.locator('.notice').innerText();

  test.each(['en', 'pl'] as const)(
    'comes by the first link, looks around, leaves and comes back (%s)',
    async (language) => {
      const words = WORDS[language];
      visitor = await Visitor.come(server, { language });
      const { page } = visitor;
      await visitor.open(`/welcome/${await linkOf(server)}`);
      expect(await heading()).toBe(words.welcome);
      await visitor.picture(`welcome-${language}`);
      expect(await visitor.barriers()).toEqual([]);
      await visitor.send(OWNER);
      expect(visitor.path).toBe('/webhooks');
      expect(await notice()).toContain(words.saved);

      await page.locator(`a[title="${words.profile}"]`).click();
      expect(await heading()).toBe(words.profile);
      await visitor.send({ name: 'Acme', ownerName: 'Olga Nowak' });
      expect(await notice()).toBe(words.profileSaved);
      await page.getByText('Olga Nowak').waitFor();

      await page.locator('nav a[href="/keys"]').click();
      await visitor.send({ label: 'CRM' }, 'form[action="/keys"]');
      expect(await heading()).toBe(words.newKey);
      await visitor.picture(`new-key-${language}`);
      expect(await visitor.barriers()).toEqual([]);
      const key = await page.locator('#key').innerText();
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.locator('[data-copy=key]').click();
      await page.getByRole('button', { name: words.copied }).waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
      expect((await server.call('GET', '/me', undefined, key)).status).toBe(200);
      await page.getByRole('link', { name: words.back }).click();

      for (let left = await page.locator('.card').count(); left > 0; left -= 1) {
        await page.locator('.card summary').first().click();
        await page.locator('.card').first().getByRole('button', { name: words.revoke }).click();
        await page.locator('.notice', { hasText: words.revoked }).waitFor();
      }
      await page.getByText(words.noKey).waitFor();
      expect((await server.call('GET', '/me', undefined, key)).status).toBe(401);

      await page.getByRole('button', { name: words.signOut }).click();
      expect(await heading()).toContain(words.signIn);
      expect(await visitor.open('/keys')).toBe(200);
      expect(visitor.path).toBe('/sign-in?next=%2Fkeys');
      await visitor.send({ email: OWNER.ownerEmail, password: 'wrong' });
      expect(await notice()).toBe(words.wrong);
      await visitor.send({ password: OWNER.password });
      expect(visitor.path).toBe('/keys');
    },
  );

  test.each(['en', 'pl'] as const)('changes the language with one click (%s)', async (language) => {
    const words = WORDS[language];
    visitor = await Visitor.come(server, { language });
    await visitor.open('/sign-in?next=/keys');
    expect(await heading()).toContain(words.signIn);
    await visitor.page.getByRole('button', { name: words.other }).click();
    await visitor.page.locator('h1', { hasText: words.inOther }).waitFor();
    expect(visitor.path).toBe('/sign-in?next=/keys');
  });

  test('signs in by the keyboard alone', async () => {
    visitor = await Visitor.come(server);
    const { page } = visitor;
    await visitor.open(`/welcome/${await linkOf(server)}`);
    await visitor.send(OWNER);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: at } = document;
        return at?.getAttribute('name') || at?.className || at?.tagName;
      });
    expect(await focused()).toBe('email');
    await page.keyboard.type(OWNER.ownerEmail);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('password');
    await page.keyboard.type(OWNER.password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/webhooks');

    await page.keyboard.press('Tab');
    expect(await focused()).toBe('skip');
    expect(await page.locator('.skip').boundingBox()).toMatchObject({ x: expect.any(Number) });
    await page.keyboard.press('Enter');
    await page.waitForURL('**/webhooks#content');
    expect(await focused()).toBe('container');
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Sign out');
  });

  test('reads times in the zone of the browser, and in UTC beside', async () => {
    visitor = await Visitor.come(server);
    const { page } = visitor;
    await visitor.open(`/welcome/${await linkOf(server)}`);
    await visitor.send(OWNER);
    await visitor.open('/keys');
    await page.locator('html[data-zone="Europe/Warsaw"]').waitFor();
    const time = page.locator('.card time').first();
    expect(await time.getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    const shown = new Intl.DateTimeFormat('en-GB', {
      dateStyle: 'long',
      timeZone: 'Europe/Warsaw',
    });
    expect(await time.innerText()).toBe(shown.format(server.now()));
  });
});
