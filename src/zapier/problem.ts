import type { ZObject } from 'zapier-platform-core';

/**
 * What can go wrong, by its stable code: the sentence the Zapier user reads, ending in what to do next,
 * and the HTTP status it is reported under. `host` is the host of the Server URL, never more of it.
 */
const PROBLEMS = {
  invalid_server_url: {
    status: 400,
    sentence:
      'The Server URL is not a full address. Enter the address of your Pakiet server with https:// in front, such as https://pakiet.example.com.',
  },
  insecure_server_url: {
    status: 400,
    sentence:
      'The Server URL must start with https://, or your API key would travel unprotected. Ask the person who runs the server for its https:// address.',
  },
  malformed_api_key: {
    status: 401,
    sentence:
      'The API Key is empty or has spaces or characters that no key has. Copy the key again, without anything around it.',
  },
  refused_api_key: {
    status: 401,
    sentence:
      'The server at {host} refused the API Key. Copy the key again, or ask the person who runs the server for a new one, then reconnect.',
  },
  web_page: {
    status: 502,
    sentence:
      'The address {host} answered with a web page instead of data. Enter the address of the Pakiet server itself; if a sign-in page or a firewall stands in front of it, it must let requests to /api/v1 through.',
  },
  redirected: {
    status: 502,
    sentence:
      'The address {host} sends visitors on to another address. Open it in a browser and enter the address you end up at as the Server URL.',
  },
  wrong_path: {
    status: 404,
    sentence:
      'There is no Pakiet server at this address of {host} (it answered 404, not found). Check the Server URL: it is the address of the server alone, without a page behind it.',
  },
  server_too_old: {
    status: 502,
    sentence:
      'The Pakiet server at {host} runs a version that is too old for this integration. Ask the person who runs it to update it.',
  },
  not_pakiet: {
    status: 502,
    sentence:
      'Something answers at {host}, but not in the way Pakiet does. Check that the Server URL is the address of a Pakiet server, and that the server is up to date.',
  },
  refused_request: {
    status: 400,
    sentence:
      'The server at {host} did not accept the request ({detail}). Check the fields of this step; if they are right, ask the person who runs the server to update it.',
  },
  server_broken: {
    status: 502,
    sentence:
      'The server at {host} has a problem (it answered {detail}). Try again in a few minutes; if it stays, ask the person who runs the server to look at its log.',
  },
  server_unreachable: {
    status: 502,
    sentence:
      'Nothing answers at {host}. Check the Server URL for typing mistakes, and that the server is running and can be reached from the internet.',
  },
  no_https: {
    status: 502,
    sentence:
      'The server at {host} answers without https. Ask the person who runs the server for the address that begins with https://: mostly it has no number such as :8080 at its end.',
  },
  untrusted_certificate: {
    status: 502,
    sentence:
      'The certificate behind the https:// of {host} cannot be trusted: it is expired, self-made or for another address. Ask the person who runs the server to put it right, then try again.',
  },
  server_slow: {
    status: 504,
    sentence:
      'The server at {host} took too long to answer. Try again in a few minutes; if it stays, ask the person who runs the server to look at its log.',
  },
  invalid_granularity: {
    status: 400,
    sentence: 'The Batch Period must be 1, 6, 12 or 24 hours. Pick one from the list.',
  },
  invalid_whatsapp_account: {
    status: 400,
    sentence:
      'WhatsApp Accounts holds something that is not a phone number. Pick the accounts from the list, or write their numbers like +972540000000.',
  },
  invalid_direction: {
    status: 400,
    sentence: 'The Direction must be received, sent or both. Pick one from the list.',
  },
  invalid_chat_type: {
    status: 400,
    sentence: 'The Chat Type must be direct, group or both. Pick one from the list.',
  },
  invalid_chat: {
    status: 400,
    sentence:
      'The Chat is not one that can be chosen. Pick it from the list, or leave the field empty for all chats.',
  },
  invalid_signature: {
    status: 400,
    sentence:
      'This delivery is not signed with the secret of this Zap, so it was refused. If it came from your own server, turn the Zap off and on again.',
  },
  unexpected_payload: {
    status: 400,
    sentence:
      'This delivery does not look like what this trigger expects. Turn the Zap off and on again; if it stays, ask the person who runs the server to update it.',
  },
} as const satisfies Record<string, { status: number; sentence: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/**
 * An error for the Zapier user. Always `z.errors.Error`: to any other class (a plain Error, HaltedError,
 * a ZodError) the platform appends the whole bundle, the secret and the messages included.
 * @param detail of the server's answer: a status, a stable code; never text it or a user wrote
 */
export function problem(
  z: ZObject,
  code: ProblemCode,
  { host = 'the server', detail = '' }: { host?: string; detail?: string } = {},
): Error {
  const { status, sentence } = PROBLEMS[code];
  const message = sentence.replace('{host}', () => host).replace('{detail}', () => detail);
  return new z.errors.Error(message, code, status);
}

/** The server asks for patience: Zapier tries again by itself after `seconds`. */
export function busy(z: ZObject, host: string, seconds: number): Error {
  return new z.errors.ThrottledError(
    `The server at ${host} has too much to do right now. Zapier tries again by itself in a while.`,
    seconds,
  );
}
