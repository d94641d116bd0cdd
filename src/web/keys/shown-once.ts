import type { FastifyReply, FastifyRequest } from 'fastify';
import { SecretBox } from '../../store/secret-box.ts';
import type { WebContext } from '../context.ts';
import { basePath } from '../paths.ts';
import { isSecure } from '../respond.tsx';

const COOKIE = 'new-key';
const HOLDS_MS = 10 * 60_000;

/**
 * A new key on its way to the page that shows it, once, to the session that made it. It travels in a cookie
 * of that browser, encrypted and for the browser's memory only: whichever process answers next can show it,
 * and neither an address nor our disks ever hold it.
 */
export class ShownOnce {
  readonly #context: Pick<WebContext, 'site' | 'clock'>;
  readonly #key: Buffer;

  constructor(context: Pick<WebContext, 'site' | 'clock' | 'cookieKey'>) {
    this.#context = context;
    this.#key = new SecretBox(context.cookieKey).derive('keys that are shown once');
  }

  /** The next page of that session shows it, within ten minutes. */
  put({ sessionToken }: FastifyRequest, reply: FastifyReply, secret: string): void {
    const until = this.#context.clock.now() + HOLDS_MS;
    const closed = this.#box().close(JSON.stringify({ sessionToken, secret, until }));
    reply.setCookie(COOKIE, closed, this.#options());
  }

  /** @returns null where there is none, or none any more */
  take({ cookies, sessionToken }: FastifyRequest, reply: FastifyReply): string | null {
    const closed = cookies[COOKIE];
    if (!closed) return null;
    reply.clearCookie(COOKIE, { path: this.#options().path });
    const found = this.#opened(closed);
    const isTheirs =
      found?.sessionToken === sessionToken && found.until > this.#context.clock.now();
    return isTheirs ? found.secret : null;
  }

  #opened(closed: string): { sessionToken: string; secret: string; until: number } | null {
    try {
      return JSON.parse(this.#box().open(closed));
    } catch {
      // Somebody has made it up, or the key to it was another.
      return null;
    }
  }

  /** A new one each time: a box remembers what it has opened. */
  #box(): SecretBox {
    return new SecretBox(this.#key);
  }

  #options() {
    const path = `${basePath(this.#context)}/keys`;
    return { path, httpOnly: true, sameSite: 'strict', secure: isSecure(this.#context) } as const;
  }
}
