import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ComponentChild, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Workspace } from '../store/rows.ts';
import { ASSETS_PATH } from './assets.ts';
import type { WebContext } from './context.ts';
import { basePath } from './paths.ts';
import { languageOf, zoneOf } from './reader.ts';
import { type Notice, type View, ViewContext } from './view.tsx';

declare module 'fastify' {
  interface FastifyRequest {
    /** The workspace of whoever is signed in; null where nobody is. */
    workspace: Workspace | null;
    /** The token of their session; "" where nobody is signed in. */
    sessionToken: string;
  }
}

/** Pages are no part of the API's documentation. */
export const hidden = { schema: { hide: true } };

const NOTICE_COOKIE = 'notice';

/** Browsers are to send our cookies over TLS only, wherever we are reached over TLS. */
export const isSecure = ({ site }: Pick<WebContext, 'site'>): boolean =>
  site.publicUrl.startsWith('https:');

/** What a reader has chosen, for a year. */
export function remember(
  context: Pick<WebContext, 'site'>,
  reply: FastifyReply,
  choice: 'language' | 'pricing',
  value: string,
): void {
  reply.setCookie(choice, value, {
    path: `${basePath(context)}/`,
    maxAge: 365 * 24 * 3600,
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(context),
  });
}

/** Whether htmx asks for a part of a page. */
export const asksForPart = ({ headers }: FastifyRequest): boolean =>
  headers['hx-request'] === 'true';

/** Whose forms are whose: one that was loaded before a sign-in or sign-out holds no more. */
export const formOwner = ({ sessionToken }: FastifyRequest): string => sessionToken || 'nobody';

async function viewFor(
  context: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<View> {
  const { site, clock } = context;
  return {
    language: languageOf(request),
    zone: zoneOf(request),
    now: clock.now(),
    base: basePath(context),
    path: request.method === 'GET' ? request.url : '/',
    csrf: reply.generateCsrf({ userInfo: formOwner(request) }),
    productName: site.productName,
    publicUrl: site.publicUrl,
    assets: basePath(context) + ASSETS_PATH,
    notice: takeNotice(context, request, reply),
    workspace: request.workspace,
  };
}

/** Answers with a page, or with a part of one. */
export async function send(
  context: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
  content: VNode | ComponentChild,
  status = 200,
): Promise<FastifyReply> {
  const view = await viewFor(context, request, reply);
  const html = renderToString(<ViewContext.Provider value={view}>{content}</ViewContext.Provider>);
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('vary', 'cookie, accept-language, hx-request')
    .send(asksForPart(request) ? html : `<!doctype html>${html}`);
}

/** Leads to another page of ours, after a form was taken. */
export function leadTo(
  context: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  notice?: Notice,
): FastifyReply {
  if (notice) {
    reply.setCookie(NOTICE_COOKIE, JSON.stringify(notice).slice(0, 3000), {
      path: `${basePath(context)}/`,
      httpOnly: true,
      sameSite: 'lax',
      signed: true,
      secure: isSecure(context),
    });
  }
  const address = basePath(context) + path;
  if (asksForPart(request)) return reply.header('hx-redirect', address).code(204).send();
  return reply.redirect(address, 303);
}

function takeNotice(
  context: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Notice | null {
  const cookie = request.cookies[NOTICE_COOKIE];
  if (!cookie || asksForPart(request)) return null;
  reply.clearCookie(NOTICE_COOKIE, { path: `${basePath(context)}/` });
  const { valid, value } = request.unsignCookie(cookie);
  try {
    return valid && value ? (JSON.parse(value) as Notice) : null;
  } catch {
    return null;
  }
}
