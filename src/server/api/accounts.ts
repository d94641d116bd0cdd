import { z } from 'zod';
import type { Account } from '../../store/rows.ts';
import { phoneSchema } from '../../wire/phone.ts';
import { textSchema } from '../../wire/text.ts';
import { emailSchema } from '../config.ts';
import { type Api, type ApiContext, errorResponses } from './context.ts';

const tags = ['WhatsApp accounts'];

const accountSchema = z.object({
  phone: z.string(),
  full_name: z.string(),
  email: z.string(),
  skipped: z
    .object({ attachment: z.number().int(), no_text: z.number().int() })
    .meta({ description: 'Messages passed by, and why.' }),
});

const toJson = (account: Account): z.infer<typeof accountSchema> => ({
  phone: account.phone,
  full_name: account.fullName,
  email: account.email,
  skipped: { attachment: account.skippedAttachment, no_text: account.skippedNoText },
});

/** The connected WhatsApp accounts, and the teammates who connected them. */
export function accountRoutes(api: Api, { store }: ApiContext): void {
  api.route({
    method: 'GET',
    url: '/whatsapp-accounts',
    schema: {
      tags,
      summary: 'List the WhatsApp accounts',
      response: { 200: z.array(accountSchema), ...errorResponses },
    },
    handler: async (request) => (await store.read.accounts.list(request.workspaceId)).map(toJson),
  });

  api.route({
    method: 'PUT',
    url: '/whatsapp-accounts/:phone',
    schema: {
      tags,
      summary: 'Set the name and e-mail of the teammate who connected an account',
      params: z.object({ phone: phoneSchema }),
      body: z.strictObject({
        full_name: textSchema.trim().max(200).optional(),
        email: emailSchema.optional(),
      }),
      response: { 200: accountSchema, ...errorResponses },
    },
    handler: async (request) => {
      const { full_name: fullName, email } = request.body;
      return toJson(
        await store.transaction(
          (tx) => tx.accounts.put(request.workspaceId, request.params.phone, { fullName, email }),
          { alone: request.workspaceId },
        ),
      );
    },
  });
}
