import { z } from 'zod';

/**
 * Version of the HTTP API; raised when something that callers rely on changes. Since 2 every answer names
 * it, in the header `pakiet-api-version`; in 1 only `GET /me` did.
 */
export const API_VERSION = 2;

/** Answer of `GET /api/v1/me`: whose key it is and what server this is. */
export const meSchema = z.object({
  workspace: z.object({ id: z.string(), name: z.string() }),
  owner: z.object({ full_name: z.string(), email: z.string() }),
  server: z.object({ version: z.string(), api_version: z.number().int() }),
});

export type Me = z.infer<typeof meSchema>;
