import type { FastifyRequest } from 'fastify';
import type { Webhook } from '../../store/rows.ts';
import { idFrom, type WebContext } from '../context.ts';
import { NotFoundError } from '../problem.tsx';
import { workspaceOf } from '../session.ts';

/** A path under that of one webhook. */
export interface OfWebhook {
  Params: { id: string };
}

export const webhookPath = ({ id }: Pick<Webhook, 'id'>): string => `/webhooks/${id}`;

/**
 * The webhook that the request's path names, of the workspace that is signed in.
 * @throws {NotFoundError}
 */
export async function theWebhook({ store }: WebContext, request: FastifyRequest): Promise<Webhook> {
  const { id } = request.params as OfWebhook['Params'];
  const webhook = await store.read.webhooks.get(workspaceOf(request).id, idFrom(id));
  if (!webhook) throw new NotFoundError();
  return webhook;
}
