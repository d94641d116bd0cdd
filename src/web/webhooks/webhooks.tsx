import type { FastifyReply, FastifyRequest } from 'fastify';
import { ManagedByZapError, UnknownChatError } from '../../core/errors.ts';
import { changedSettings } from '../../core/settings.ts';
import type { Webhook } from '../../store/rows.ts';
import { idFrom, type Pages, type WebContext } from '../context.ts';
import { NotFoundError } from '../problem.tsx';
import { languageOf } from '../reader.ts';
import { asksForPart, hidden, leadTo, send } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import type { Problems } from '../ui.tsx';
import type { Notice } from '../view.tsx';
import { ChatList, loadChats } from './chat-choice.tsx';
import { doingPages } from './doing.tsx';
import { happeningPages, loadHappenings } from './happenings.tsx';
import { ListPage } from './list.tsx';
import { titleOf } from './names.ts';
import { isOutOfReach } from './reach.ts';
import { SecretCard } from './secret-card.tsx';
import { type Fields, fieldsFrom, fieldsOf, newFields, readSettings } from './settings.ts';
import type { SettingsProps } from './settings-form.tsx';
import { switchPages } from './switch.tsx';
import { unsentOf } from './unsent.ts';
import { NewWebhookPage, WebhookPage } from './webhook-page.tsx';
import { words } from './words.ts';

type WithId = FastifyRequest<{ Params: { id: string } }>;

/** The webhooks, as their owner sees and sets them. */
export function webhookPages(pages: Pages, context: WebContext): void {
  listPages(pages, context);
  newPages(pages, context);
  settingsPages(pages, context);
  secretPages(pages, context);
  leavingPages(pages, context);
  doingPages(pages, context);
  switchPages(pages, context);
  happeningPages(pages, context);
}

function listPages(pages: Pages, context: WebContext): void {
  const { store, webhooks } = context;

  pages.get('/webhooks', hidden, async (request, reply) => {
    const found = await store.read.webhooks.list(workspaceOf(request).id);
    const listed = await Promise.all(
      found.map(async (webhook) => ({
        webhook,
        status: await webhooks.status(webhook),
        unsent: unsentOf(webhook, await store.read.outbox.ofWebhook(webhook.id)),
      })),
    );
    return send(context, request, reply, <ListPage listed={listed} />);
  });
}

function newPages(pages: Pages, context: WebContext): void {
  const { webhooks } = context;

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    fields: Fields,
    problems: Problems = {},
  ) => {
    const settings = await settingsOf(context, request, fields, problems);
    const status = Object.keys(problems).length > 0 ? 422 : 200;
    return send(context, request, reply, <NewWebhookPage settings={settings} />, status);
  };

  pages.get('/webhooks/new', hidden, (request, reply) => show(request, reply, newFields()));

  pages.post('/webhooks/new', hidden, async (request, reply) => {
    const language = languageOf(request);
    const fields = fieldsFrom(request.body);
    const read = readSettings(fields, language);
    if (!read.ok) return show(request, reply, fields, read.problems);
    const made = await orProblem(request, () =>
      webhooks.create(workspaceOf(request).id, { ...read.settings, source: 'manual' }),
    );
    if (!made.ok) return show(request, reply, fields, made.problems);
    const { created, createdOff } = words[language];
    const text = made.value.enabled ? created : createdOff;
    const path = `/webhooks/${made.value.id}`;
    return leadTo(context, request, reply, path, { kind: 'done', text });
  });

  pages.post<{ Body: { find?: unknown } }>('/webhooks/chats', hidden, async (request, reply) => {
    const { id } = workspaceOf(request);
    const { chats } = fieldsFrom(request.body);
    const data = await loadChats(context.store, id, chats, request.body.find);
    return send(context, request, reply, <ChatList {...data} />);
  });
}

function settingsPages(pages: Pages, context: WebContext): void {
  const { webhooks } = context;

  pages.get('/webhooks/:id', hidden, async (request: WithId, reply) => {
    const webhook = await webhookOf(context, request);
    return showWebhook(context, request, reply, webhook);
  });

  pages.post('/webhooks/:id', hidden, async (request: WithId, reply) => {
    const language = languageOf(request);
    const webhook = await webhookOf(context, request);
    const fields = editedFields(webhook, request.body);
    const again = (problems: Problems) =>
      showWebhook(context, request, reply, webhook, { fields, problems });
    const read = readSettings(fields, language);
    if (!read.ok) return again(read.problems);
    const { enabled: _, ...settings } = read.settings;
    const edited = await orProblem(request, () =>
      webhooks.edit(webhook.workspaceId, webhook.id, settings),
    );
    if (!edited.ok) return again(edited.problems);
    const changes = changedSettings(webhook, settings);
    const { changed, unchanged } = words[language];
    const text = changes.length > 0 ? changed(changes) : unchanged;
    return leadTo(context, request, reply, `/webhooks/${webhook.id}`, { kind: 'done', text });
  });
}

/** Of a Zap's webhook no more is taken from the form than what is not the Zap's own. */
function editedFields(webhook: Webhook, body: unknown): Fields {
  const entered = fieldsFrom(body);
  if (webhook.source !== 'zapier') return entered;
  const { name, concurrency, rate_per_second } = entered;
  return { ...fieldsOf(webhook), name, concurrency, rate_per_second };
}

function secretPages(pages: Pages, context: WebContext): void {
  const { webhooks } = context;

  // Asked for by POST, so that no address shows it and nothing keeps it.
  pages.post('/webhooks/:id/secret', hidden, async (request: WithId, reply) => {
    const webhook = await webhookOf(context, request);
    if (!asksForPart(request)) {
      return showWebhook(context, request, reply, webhook, { isSecretShown: true });
    }
    return send(context, request, reply, <SecretCard webhook={webhook} isShown={true} />);
  });

  pages.post('/webhooks/:id/secret/rotate', hidden, async (request: WithId, reply) => {
    const { id, workspaceId } = await webhookOf(context, request);
    const { rotated, secretZap } = words[languageOf(request)];
    const tell = (notice: Notice) => leadTo(context, request, reply, `/webhooks/${id}`, notice);
    try {
      await webhooks.rotateSecret(workspaceId, id);
    } catch (error) {
      if (!(error instanceof ManagedByZapError)) throw error;
      return tell({ kind: 'failed', text: secretZap });
    }
    return tell({ kind: 'done', text: rotated });
  });
}

function leavingPages(pages: Pages, context: WebContext): void {
  const { webhooks } = context;

  pages.post('/webhooks/:id/switch-off', hidden, async (request: WithId, reply) => {
    const { id, workspaceId } = await webhookOf(context, request);
    await webhooks.edit(workspaceId, id, { enabled: false });
    const text = words[languageOf(request)].switchedOff;
    return leadTo(context, request, reply, `/webhooks/${id}`, { kind: 'done', text });
  });

  pages.post('/webhooks/:id/delete', hidden, async (request: WithId, reply) => {
    const webhook = await webhookOf(context, request);
    await webhooks.remove(webhook.workspaceId, webhook.id);
    const text = words[languageOf(request)].removed(titleOf(webhook));
    return leadTo(context, request, reply, '/webhooks', { kind: 'done', text });
  });
}

/** @throws {NotFoundError} where the workspace has no such webhook */
async function webhookOf({ store }: WebContext, request: WithId): Promise<Webhook> {
  const id = idFrom(request.params.id);
  const webhook = await store.read.webhooks.get(workspaceOf(request).id, id);
  if (!webhook) throw new NotFoundError();
  return webhook;
}

interface Shown {
  fields?: Fields;
  problems?: Problems;
  isSecretShown?: boolean;
}

async function showWebhook(
  context: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
  webhook: Webhook,
  { fields = fieldsOf(webhook), problems, isSecretShown = false }: Shown = {},
): Promise<FastifyReply> {
  const { store, webhooks, allowNetworks } = context;
  const page = (
    <WebhookPage
      webhook={webhook}
      status={await webhooks.status(webhook)}
      happenings={await loadHappenings(context, webhook)}
      unsent={unsentOf(webhook, await store.read.outbox.ofWebhook(webhook.id))}
      isOutOfReach={isOutOfReach(webhook.targetUrl, allowNetworks)}
      isSecretShown={isSecretShown}
      settings={await settingsOf(context, request, fields, problems)}
    />
  );
  return send(context, request, reply, page, problems ? 422 : 200);
}

async function settingsOf(
  { store }: WebContext,
  request: FastifyRequest,
  fields: Fields,
  problems: Problems = {},
): Promise<SettingsProps> {
  const { id } = workspaceOf(request);
  const { find } = request.query as { find?: unknown };
  const accounts = await store.read.accounts.list(id);
  return { fields, problems, accounts, chats: await loadChats(store, id, fields.chats, find) };
}

/** Does the work; a chat that was deleted meanwhile is a problem of the form. */
async function orProblem<Result>(
  request: FastifyRequest,
  work: () => Promise<Result | null>,
): Promise<{ ok: true; value: Result } | { ok: false; problems: Problems }> {
  try {
    const value = await work();
    if (value === null) throw new NotFoundError();
    return { ok: true, value };
  } catch (error) {
    if (!(error instanceof UnknownChatError)) throw error;
    const text = words[languageOf(request)].goneChatProblem(error.chatId);
    return { ok: false, problems: { chats: { text } } };
  }
}
