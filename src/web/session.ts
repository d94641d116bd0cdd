import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_IDLE_MS } from '../core/sign-in.ts';
import type { Pages, WebContext } from './context.ts';
import { basePath, localPath } from './paths.ts';
import { asksForPart, isSecure, leadTo } from './respond.tsx';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Shown to people who are not signed in. */
    open?: boolean;
  }
}

const SESSION_COOKIE = 'session';

const options = (context: WebContext) =>
  ({
    path: `${basePath(context)}/`,
    httpOnly: true,
    sameSite: 'lax',
    signed: true,
    secure: isSecure(context),
  }) as const;

/** Lets the browser in from now on. */
export function beginSession(context: WebContext, reply: FastifyReply, token: string): void {
  const maxAge = SESSION_IDLE_MS / 1000;
  reply.setCookie(SESSION_COOKIE, token, { ...options(context), maxAge });
}

export function endSession(context: WebContext, reply: FastifyReply): void {
  reply.clearCookie(SESSION_COOKIE, { path: options(context).path });
}

/** Finds out who is signed in, and leads everyone else to the sign-in, but for pages that are open. */
export function requireSession(pages: Pages, context: WebContext): void {
  const { signIn, store } = context;
  pages.decorateRequest('workspace', null);
  pages.decorateRequest('sessionToken', '');
  pages.addHook('onRequest', async (request, reply) => {
    const cookie = request.cookies[SESSION_COOKIE];
    const { valid, value } = cookie ? request.unsignCookie(cookie) : { valid: false, value: null };
    const token = valid && value ? value : '';
    // A page that keeps itself up to date is not somebody who uses it.
    const session = token ? await signIn.session(token, !asksForPart(request)) : null;
    const workspace = session && (await store.read.workspaces.get(session.workspaceId));
    if (workspace) {
      request.workspace = workspace;
      request.sessionToken = token;
      // The browser's own limit moves along.
      if (!asksForPart(request)) beginSession(context, reply, token);
    } else if (!request.is404 && !request.routeOptions.config.open) {
      return leadTo(context, request, reply, signInPath(context, request));
    }
  });
}

/** The sign-in, which leads on to what was asked for. */
function signInPath(context: WebContext, request: FastifyRequest): string {
  const isPage = request.method === 'GET' && !asksForPart(request);
  if (!isPage || request.url === '/') return '/sign-in';
  return `/sign-in?next=${encodeURIComponent(localPath(context, request.url))}`;
}

/** The workspace of whoever is signed in, on a page that is not open. */
export function workspaceOf({
  workspace,
}: FastifyRequest): NonNullable<FastifyRequest['workspace']> {
  if (!workspace) throw new Error('A page that asks for a session was answered without one');
  return workspace;
}
