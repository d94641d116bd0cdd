import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, describe } from '@jest/globals';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM || '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const isThere = existsSync(EXECUTABLE);
if (!isThere) {
  const what = `There is no Chromium at ${EXECUTABLE}: install it, or set CHROMIUM to where it is`;
  if (process.env.CI === 'true') throw new Error(what);
  process.stdout.write(`${what}. Not tested.\n`);
}

/** As `describe`; skipped where there is no browser, but for CI, where that is a failure. */
export const describeInBrowser = isThere ? describe : describe.skip;

let launched: Promise<Browser> | null = null;

afterAll(async () => {
  await (await launched)?.close();
});

function browser(): Promise<Browser> {
  launched ??= chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--disable-gpu',
      // Nothing but the server under test is to be reached.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
  return launched;
}

export interface Reading {
  language?: 'en' | 'pl';
  theme?: 'light' | 'dark';
  /** Of the window, in CSS pixels. */
  width?: number;
}

/** Somebody with a browser of their own, in Warsaw. */
export class Visitor {
  readonly page: Page;
  /** All that a developer's console would have complained about. */
  readonly complaints: string[] = [];
  readonly #context: BrowserContext;
  readonly #url: string;

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.#context = context;
    this.page = page;
    this.#url = url;
    page.on('console', (message) => {
      const text = message.text();
      // What a status means is for the test to say.
      const isStatus = text.startsWith('Failed to load resource: the server responded');
      if (message.type() === 'error' && !isStatus) this.complaints.push(text);
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('request', (request) => {
      const to = request.url();
      if (!to.startsWith(url) && !to.startsWith('data:')) this.complaints.push(`asked for ${to}`);
    });
    page.on('response', (response) => {
      const isPart = response.request().resourceType() !== 'document';
      if (isPart && response.status() >= 400) {
        this.complaints.push(`${response.status()} for ${response.url()}`);
      }
    });
  }

  static async come(
    server: { url: string },
    { language = 'en', theme = 'light', width = 1100 }: Reading = {},
  ): Promise<Visitor> {
    const context = await (await browser()).newContext({
      locale: { en: 'en-GB', pl: 'pl-PL' }[language],
      timezoneId: 'Europe/Warsaw',
      colorScheme: theme,
      viewport: { width, height: 800 },
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(20_000);
    return new Visitor(context, await context.newPage(), server.url);
  }

  /** Opens a page of ours; answers its status. */
  async open(path: string): Promise<number> {
    const response = await this.page.goto(new URL(path, this.#url).href);
    return response?.status() ?? 0;
  }

  /** Path of the page that is open, with its query. */
  get path(): string {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  /** Fills fields by their names and sends the form that they are in. */
  async send(fields: Record<string, string>, form = 'main form'): Promise<void> {
    const within = this.page.locator(form);
    for (const [name, value] of Object.entries(fields)) {
      await within.locator(`[name="${name}"]`).fill(value);
    }
    await within.locator('button[type=submit]').first().click();
    await this.page.waitForLoadState();
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.open('/sign-in');
    await this.send({ email, password });
  }

  /** What axe-core finds wrong with the page, a line for each place. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(AXE);
    const found = await this.page.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: axe comes as text, its types with it would not
      const { violations } = await (globalThis as any).axe.run(document);
      return violations.flatMap(
        ({ id, nodes }: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
          nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
      );
    });
    return found as string[];
  }

  /** By how many pixels the page is wider than the window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  }

  /** Keeps a picture of the page, in the folder that PAKIET_SCREENSHOTS names, if it does. */
  async picture(name: string): Promise<void> {
    const folder = process.env.PAKIET_SCREENSHOTS;
    if (folder) await this.page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }

  async leave(): Promise<void> {
    await this.#context.close();
  }
}
