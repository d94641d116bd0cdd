import { z } from 'zod';
import type { Workspace } from '../../store/rows.ts';
import { API_VERSION, type Me, meSchema } from '../../wire/me.ts';
import { textSchema } from '../../wire/text.ts';
import { emailSchema } from '../config.ts';
import { notFound } from '../errors.ts';
import { type Api, type ApiContext, errorResponses } from './context.ts';

const tags = ['Workspace'];

const ownerEditSchema = z.strictObject({
  owner: z.strictObject({
    full_name: textSchema.trim().max(200).optional(),
    email: emailSchema.optional(),
  }),
});

/** `GET` and `PATCH /me`: whose key this is, and what server. */
export function meRoutes(api: Api, { store, version }: ApiContext): void {
  const toMe = (workspace: Workspace): Me => ({
    workspace: { id: String(workspace.id), name: workspace.name },
    owner: { full_name: workspace.ownerName, email: workspace.ownerEmail },
    server: { version, api_version: API_VERSION },
  });

  api.route({
    method: 'GET',
    url: '/me',
    schema: {
      tags,
      summary: 'Whose key this is, and what server',
      response: { 200: meSchema, ...errorResponses },
    },
    handler: async (request) => {
      const workspace = await store.read.workspaces.get(request.workspaceId);
      if (!workspace) throw notFound('workspace');
      return toMe(workspace);
    },
  });

  api.route({
    method: 'PATCH',
    url: '/me',
    schema: {
      tags,
      summary: 'Change the name or e-mail of the workspace’s owner',
      body: ownerEditSchema,
      response: { 200: meSchema, ...errorResponses },
    },
    handler: async (request) => {
      const { owner } = request.body;
      return store.transaction(
        async (tx) => {
          const workspace = await tx.workspaces.get(request.workspaceId);
          if (!workspace) throw notFound('workspace');
          const changed = {
            ...workspace,
            ownerName: owner.full_name ?? workspace.ownerName,
            ownerEmail: owner.email ?? workspace.ownerEmail,
          };
          await tx.workspaces.edit(workspace.id, changed);
          return toMe(changed);
        },
        { alone: request.workspaceId },
      );
    },
  });
}
