import type { ServerProcess } from './server-process.ts';

/** The owner as {@link signedIn} makes them. */
export const OWNER = {
  ownerName: 'Olga Owner',
  ownerEmail: 'olga@acme.example',
  password: 'correct horse battery',
};

/** What came back for a page or a form. Redirects are not followed; see {@link BrowserLike.follow}. */
export interface Answer {
  status: number;
  headers: Headers;
  /** Where it leads, as a path with query and fragment; null where it leads nowhere. */
  location: string | null;
  /** The HTML, or whatever else the body was. */
  text: string;
}

export interface Asking {
  /** The browser's, and so Accept-Language; for the owner, whose own would win, the one chosen in it. */
  language?: string;
  headers?: Record<string, string>;
  method?: string;
}

/** Gets pages and sends forms as a browser without JavaScript does: with cookies and hidden fields. */
export class BrowserLike {
  /** By name; values as they were sent. */
  readonly cookies = new Map<string, string>();
  readonly #url: string;
  #csrf = '';

  /** @param server one that runs; or anything else that has its address */
  constructor({ url }: { url: string }) {
    this.#url = url;
  }

  async get(path: string, { language, headers = {}, method }: Asking = {}): Promise<Answer> {
    return this.#fetch(path, {
      method: method ?? 'GET',
      headers: { ...this.#reading(language), ...headers },
    });
  }

  /**
   * Sends a form, with the token of the page that was got last.
   * @param fields those with more than one value as a list
   */
  async post(
    path: string,
    fields: Record<string, string | readonly string[]> = {},
    { language, headers = {} }: Asking = {},
  ): Promise<Answer> {
    if (!this.#csrf) await this.#findForm();
    const pairs = Object.entries(fields).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    );
    const body = new URLSearchParams([['_csrf', this.#csrf], ...pairs]);
    return this.#fetch(path, {
      method: 'POST',
      headers: {
        ...this.#reading(language),
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      body: body.toString(),
    });
  }

  /** Gets the page that an answer leads to. */
  async follow({ status, location, text }: Answer, asking: Asking = {}): Promise<Answer> {
    if (location === null) throw new Error(`The answer leads nowhere: ${status} ${text}`);
    return this.get(location, asking);
  }

  /** Uses a one-time link; afterwards the owner is signed in. */
  async useLink(link: string, owner = OWNER): Promise<Answer> {
    const path = `/welcome/${link.split('/').at(-1)}`;
    await this.get(path);
    return this.post(path, owner);
  }

  async signIn(email = OWNER.ownerEmail, password = OWNER.password): Promise<Answer> {
    await this.get('/sign-in');
    return this.post('/sign-in', { email, password });
  }

  #reading(language: string | undefined): Record<string, string> {
    const isChosen = language && this.cookies.has('session') && !this.cookies.has('language');
    return {
      accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
      'accept-language': language ?? 'en',
      ...(isChosen && { cookie: `${this.#cookie()}; language=${language}` }),
    };
  }

  #cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Any page of ours has a form; which one depends on whether somebody is signed in. */
  async #findForm(): Promise<void> {
    for (const path of ['/sign-in', '/profile']) if (!this.#csrf) await this.get(path);
  }

  async #fetch(path: string, init: RequestInit & { headers: Record<string, string> }) {
    const cookie = this.#cookie();
    const headers = { ...(cookie && { cookie }), ...init.headers };
    const url = new URL(path, this.#url);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#take(line);
    const text = await response.text();
    this.#csrf = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? this.#csrf;
    const target = response.headers.get('location');
    const { pathname, search, hash } = new URL(target ?? '', url);
    const location = target === null ? null : pathname + search + hash;
    return { status: response.status, headers: response.headers, location, text };
  }

  #take(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    // Forms of before a sign-in or sign-out hold no more.
    if (name === 'session' && this.cookies.get(name) !== value) this.#csrf = '';
    if (/expires=thu, 01 jan 1970|max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The secret part of the one-time link that the server's start has printed. */
export async function linkOf(server: Pick<ServerProcess, 'printed'>): Promise<string> {
  const [, link] = await server.printed(/\/welcome\/([\w-]{43})\n/);
  return link as string;
}

/**
 * A browser of the owner, who has used the one-time link that the start printed and is signed in.
 * @param link another link than that one: its secret part, or all of it
 */
export async function signedIn(server: ServerProcess, link?: string): Promise<BrowserLike> {
  const browser = new BrowserLike(server);
  const answer = await browser.useLink(link ?? (await linkOf(server)));
  if (answer.status !== 303) throw new Error(`No sign-in: ${answer.status} ${answer.text}`);
  return browser;
}
