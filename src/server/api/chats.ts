import { z } from 'zod';
import { forgetChat } from '../../core/forget-chat.ts';
import type { Site } from '../../core/render.ts';
import type { Chat } from '../../store/rows.ts';
import { textSchema } from '../../wire/text.ts';
import { emailSchema } from '../config.ts';
import { notFound } from '../errors.ts';
import { type Api, type ApiContext, errorResponses, idFrom } from './context.ts';

const PAGE = 100;
const tags = ['Chats'];

const chatSchema = z.object({
  chat_id: z.string(),
  full_name: z.string(),
  phone: z.string(),
  is_group: z.boolean(),
  whatsapp_account: z.string().meta({ description: 'Phone number of the account.' }),
  responsible_name: z.string(),
  responsible_email: z.string(),
  chat_url: z.string(),
});

const toJson = (site: Site, chat: Chat, accountPhone: string): z.infer<typeof chatSchema> => ({
  chat_id: String(chat.id),
  full_name: chat.fullName,
  phone: chat.phone,
  is_group: chat.isGroup,
  whatsapp_account: accountPhone,
  responsible_name: chat.responsibleName,
  responsible_email: chat.responsibleEmail,
  chat_url: `${site.publicUrl}/chat/${chat.id}/messages/`,
});

const name = textSchema.trim().max(1024).optional();

/** The chats, and what people may set on them. */
export function chatRoutes(api: Api, { store, site, changed }: ApiContext): void {
  api.route({
    method: 'GET',
    url: '/chats',
    schema: {
      tags,
      summary: 'List the chats, newest first',
      querystring: z.object({
        search: textSchema.max(200).optional().meta({ description: 'In names and phone numbers.' }),
        cursor: z
          .string()
          .regex(/^\d{1,15}$/, 'give the next_cursor of the page before')
          .optional(),
      }),
      response: {
        200: z.object({ chats: z.array(chatSchema), next_cursor: z.string().nullable() }),
        ...errorResponses,
      },
    },
    handler: async (request) => {
      const { search, cursor } = request.query;
      const found = await store.read.chats.list(request.workspaceId, {
        ...(search && { search }),
        ...(cursor && { before: Number(cursor) }),
        limit: PAGE + 1,
      });
      const page = found.slice(0, PAGE);
      return {
        chats: page.map((chat) => toJson(site, chat, chat.accountPhone)),
        next_cursor: found.length > PAGE ? String(page.at(-1)?.id) : null,
      };
    },
  });

  api.route({
    method: 'PATCH',
    url: '/chats/:chat_id',
    schema: {
      tags,
      summary: 'Rename a chat or assign the responsible teammate',
      description:
        'An empty full_name gives the chat back the name it has in WhatsApp. A chat that turned out to be one with an older one of the same person stands for that one, here and in filters.',
      params: z.object({ chat_id: z.string() }),
      body: z.strictObject({
        full_name: name,
        responsible_name: name,
        responsible_email: emailSchema.optional(),
      }),
      response: { 200: chatSchema, ...errorResponses },
    },
    handler: async (request) => {
      const id = idFrom(request.params.chat_id);
      const { body } = request;
      return store.transaction(
        async (tx) => {
          await tx.chats.edit(request.workspaceId, id, {
            fullName: body.full_name,
            responsibleName: body.responsible_name,
            responsibleEmail: body.responsible_email,
          });
          const [survivor] = await tx.chats.together(request.workspaceId, id);
          const found = survivor && (await tx.chats.get(request.workspaceId, survivor));
          if (!found) throw notFound('chat');
          return toJson(site, found.chat, found.account.phone);
        },
        { alone: request.workspaceId },
      );
    },
  });

  api.route({
    method: 'DELETE',
    url: '/chats/:chat_id',
    schema: {
      tags,
      summary: 'Remove a chat with its messages and all that the logs hold of it',
      description:
        'For a person who asks for their data to go. What has not been delivered is not delivered. A new message of the same contact begins a new chat.',
      params: z.object({ chat_id: z.string() }),
      response: { 204: z.null(), ...errorResponses },
    },
    handler: async ({ workspaceId, params }, reply) => {
      const found = await forgetChat({ store, changed }, workspaceId, idFrom(params.chat_id));
      if (!found) throw notFound('chat');
      return reply.code(204).send(null);
    },
  });
}
