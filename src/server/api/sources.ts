import { z } from 'zod';
import { missingSecrets, ourSecrets, sourceUrl } from '../../core/source-actions.ts';
import { refusalSentence } from '../../core/source-sentence.ts';
import { SOURCE_KINDS, type SourceKind } from '../../sources/registry.ts';
import { DROP_REASONS, type RefusalCode } from '../../sources/source.ts';
import type { StoredSource } from '../../store/rows.ts';
import { sourceNameSchema, theirSecretSchema } from '../../wire/source.ts';
import { notFound } from '../errors.ts';
import { type Api, type ApiContext, errorResponses, isoTime } from './context.ts';

const tags = ['Sources'];
const params = z.object({ source_id: z.string() });

const sourceSchema = z.object({
  id: z.string(),
  kind: z.enum(SOURCE_KINDS),
  name: z.string(),
  url: z.string().meta({ description: 'Where the other end is to send to.' }),
  created_at: z.string(),
  missing: z
    .array(z.string())
    .meta({ description: 'Secrets of the other end that are still to be entered: app_secret.' }),
  last_heard_at: z
    .string()
    .nullable()
    .meta({ description: 'When a request was last let in; null before the first.' }),
  taken: z.number().int().meta({ description: 'Messages taken from it.' }),
  dropped: z.record(z.string(), z.number().int()).meta({
    description: `What of it was left out, by reason: ${DROP_REASONS.join(', ')}.`,
  }),
  last_refused: z
    .object({ at: z.string(), code: z.string(), message: z.string() })
    .nullable()
    .meta({ description: 'The last request that was not let in, and why.' }),
});

const secretsSchema = z.record(z.string(), z.string()).meta({
  description: 'To be pasted at the other end: hmac_key for waha, verify_token for whatsapp-cloud.',
});

const app_secret = theirSecretSchema.optional().meta({
  description: 'Of a source of the kind whatsapp-cloud: the secret of the Meta app, which signs.',
});

const newSourceSchema = z.strictObject({
  kind: z.enum(SOURCE_KINDS),
  name: sourceNameSchema.default(''),
  app_secret,
});

const editSchema = z.strictObject({ name: sourceNameSchema.optional(), app_secret });

const theirs = ({ app_secret }: { app_secret?: string | undefined }) =>
  app_secret === undefined ? {} : { app_secret };

/** The sources of messages: making, reading, editing and removing them. */
export function sourceRoutes(api: Api, { sources, site }: ApiContext): void {
  const toJson = (source: StoredSource): z.infer<typeof sourceSchema> => {
    const kind = source.kind as SourceKind;
    const { lastHeardAt, lastRefused } = source;
    return {
      id: source.id,
      kind,
      name: source.name,
      url: sourceUrl(site.publicUrl, source),
      created_at: isoTime(source.createdAt),
      missing: missingSecrets(source),
      last_heard_at: lastHeardAt === null ? null : isoTime(lastHeardAt),
      taken: source.taken,
      dropped: { ...source.dropped },
      last_refused: lastRefused && {
        at: isoTime(lastRefused.at),
        code: lastRefused.code,
        message: refusalSentence(kind, lastRefused.code as RefusalCode, 'en'),
      },
    };
  };

  api.route({
    method: 'POST',
    url: '/sources',
    schema: {
      tags,
      summary: 'Connect WhatsApp: make a source',
      description:
        'A source is a URL that WAHA (kind waha) or Meta (kind whatsapp-cloud) sends messages to, and the secrets that they are known by.',
      body: newSourceSchema,
      response: { 201: sourceSchema.extend({ secrets: secretsSchema }), ...errorResponses },
    },
    handler: async ({ workspaceId, body }, reply) => {
      const { kind, name } = body;
      const source = await sources.create(workspaceId, { kind, name, secrets: theirs(body) });
      return reply.code(201).send({ ...toJson(source), secrets: { ...ourSecrets(source) } });
    },
  });

  api.route({
    method: 'GET',
    url: '/sources',
    schema: {
      tags,
      summary: 'List the sources',
      response: { 200: z.array(sourceSchema), ...errorResponses },
    },
    handler: async ({ workspaceId }) => (await sources.list(workspaceId)).map(toJson),
  });

  api.route({
    method: 'GET',
    url: '/sources/:source_id',
    schema: {
      tags,
      summary: 'Read a source: when it was last heard, what it brought, what it left out',
      params,
      response: { 200: sourceSchema, ...errorResponses },
    },
    handler: async ({ workspaceId, params }) =>
      toJson(found(await sources.get(workspaceId, params.source_id))),
  });

  api.route({
    method: 'PATCH',
    url: '/sources/:source_id',
    schema: {
      tags,
      summary: 'Rename a source, or enter the app secret',
      description: 'An app secret that is entered anew holds at once, and the one before no more.',
      params,
      body: editSchema,
      response: { 200: sourceSchema, ...errorResponses },
    },
    handler: async ({ workspaceId, params, body }) => {
      const edit = { name: body.name, secrets: theirs(body) };
      return toJson(found(await sources.edit(workspaceId, params.source_id, edit)));
    },
  });

  api.route({
    method: 'DELETE',
    url: '/sources/:source_id',
    schema: {
      tags,
      summary: 'Remove a source: its URL takes nothing any more; what came from it stays',
      params,
      response: { 204: z.null(), ...errorResponses },
    },
    handler: async ({ workspaceId, params }, reply) => {
      if (!(await sources.remove(workspaceId, params.source_id))) throw notFound('source');
      return reply.code(204).send(null);
    },
  });

  api.route({
    method: 'POST',
    url: '/sources/:source_id/secret/reveal',
    schema: {
      tags,
      summary: 'Show the secrets to be pasted at the other end',
      description: 'The app secret, which is Meta’s, is never shown.',
      params,
      response: { 200: z.object({ secrets: secretsSchema }), ...errorResponses },
    },
    handler: async ({ workspaceId, params }) => {
      const source = found(await sources.get(workspaceId, params.source_id));
      return { secrets: { ...ourSecrets(source) } };
    },
  });

  api.route({
    method: 'POST',
    url: '/sources/:source_id/secret/rotate',
    schema: {
      tags,
      summary: 'Make the secrets anew that are pasted at the other end',
      description:
        'For 24 hours the former ones are good as well, so that the other end can be changed over.',
      params,
      response: {
        200: z.object({ secrets: secretsSchema, former_secrets_until: z.string() }),
        ...errorResponses,
      },
    },
    handler: async ({ workspaceId, params }) => {
      const source = found(await sources.rotateSecrets(workspaceId, params.source_id));
      const [former] = source.formerSecrets;
      return {
        secrets: { ...ourSecrets(source) },
        former_secrets_until: isoTime(former?.until ?? 0),
      };
    },
  });
}

function found(source: StoredSource | null): StoredSource {
  if (!source) throw notFound('source');
  return source;
}
