import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { LANGUAGES } from '../core/language.ts';
import { accountPages } from './accounts/accounts.tsx';
import { assetRoutes } from './assets.ts';
import { chatPages } from './chats/chats.tsx';
import type { Pages, WebContext } from './context.ts';
import { costPages } from './costs/costs.tsx';
import { estimatePages } from './estimate/estimate.tsx';
import { readForm } from './forms.ts';
import { keyPages } from './keys/keys.tsx';
import { basePath, localPath } from './paths.ts';
import { isForPeople, kindOf, ProblemPage, STATUS_OF } from './problem.tsx';
import { profilePages } from './profile/profile.tsx';
import { formOwner, hidden, isSecure, leadTo, remember, send } from './respond.tsx';
import { requireSession } from './session.ts';
import { signInPages } from './sign-in/sign-in.tsx';
import { welcomePages } from './sign-in/welcome.tsx';
import { sourcePages } from './sources/sources.tsx';
import { webhookPages } from './webhooks/webhooks.tsx';
import { zapierPages } from './zapier/zapier.tsx';

/**
 * Everything that people see in a browser. Nothing is open to those who are not signed in but the sign-in,
 * the one-time link, and the style sheets.
 * @param more routes of others that need a session as well
 */
export async function webPages(
  pages: Pages,
  context: WebContext,
  more: (pages: Pages) => Promise<void>,
): Promise<void> {
  const { cookieKey } = context;
  await pages.register(cookie, { secret: cookieKey });
  await pages.register(csrf, {
    sessionPlugin: '@fastify/cookie',
    cookieKey: 'form',
    cookieOpts: {
      path: `${basePath(context)}/`,
      httpOnly: true,
      sameSite: 'lax',
      signed: true,
      secure: isSecure(context),
    },
    getToken: ({ body }) => (body as { _csrf?: string } | undefined)?._csrf,
    getUserInfo: formOwner,
    csrfOpts: { hmacKey: cookieKey },
  });
  await pages.register(formbody, { bodyLimit: 256 * 1024 });
  pages.setErrorHandler((error, request, reply) => problem(context, error, request, reply));
  requireSession(pages, context);
  pages.addHook('preHandler', (request, reply, done) => {
    if (request.is404 || request.method === 'GET' || request.method === 'HEAD') done();
    else pages.csrfProtection(request, reply, done);
  });

  await assetRoutes(pages);
  pages.get('/', hidden, (request, reply) => leadTo(context, request, reply, '/webhooks'));
  pages.post('/language', open, (request, reply) => chooseLanguage(context, request, reply));
  welcomePages(pages, context);
  signInPages(pages, context);
  webhookPages(pages, context);
  costPages(pages, context);
  chatPages(pages, context);
  accountPages(pages, context);
  sourcePages(pages, context);
  await estimatePages(pages, context);
  keyPages(pages, context);
  zapierPages(pages, context);
  profilePages(pages, context);
  await more(pages);
}

const open = { ...hidden, config: { open: true } };

/** Answers an error with a page that says what it means to whoever meets it. */
async function problem(
  context: WebContext,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  // Programs are answered as the API answers them, and so is what was turned away at the front door.
  const isTurnedAway = request.cookies === null;
  if (isTurnedAway || (request.is404 && !isForPeople(request))) throw error;
  const kind = kindOf(error);
  const { id: requestId, method, routeOptions } = request;
  if (kind === 'broken') {
    context.log.error({ requestId, method, route: routeOptions.url, err: error }, 'failed');
  }
  // What cannot be read may be the workspace itself.
  return send(
    context,
    request,
    reply,
    <ProblemPage kind={kind} requestId={requestId} />,
    STATUS_OF[kind],
  );
}

const languageForm = z.object({ language: z.enum(LANGUAGES), back: z.string().catch('/') });

/** Chooses the language of the pages; for those who are signed in, that of their e-mails too. */
async function chooseLanguage(
  context: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const form = readForm(languageForm, request.body);
  if (!form.ok) return leadTo(context, request, reply, '/');
  const { language, back } = form.value;
  const { workspace } = request;
  if (workspace) {
    await context.store.transaction((tx) => tx.workspaces.edit(workspace.id, { language }), {
      alone: workspace.id,
    });
  }
  remember(context, reply, 'language', language);
  return leadTo(context, request, reply, localPath(context, back));
}
