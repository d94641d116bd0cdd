import type { Bundle, ZObject } from 'zapier-platform-core';
import { z as zod } from 'zod';
import { problem } from './problem.ts';

/** Where the user's server is and what opens it. */
export interface Connection {
  /** Address of the server, without a slash at its end. */
  baseUrl: string;
  /** Its host, for people: the one part of the address that errors may name. */
  host: string;
  apiKey: string;
}

const authDataSchema = zod.object({
  baseUrl: zod.string().trim().catch(''),
  apiKey: zod.string().trim().catch(''),
});

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The characters of a bearer token (RFC 6750), so that a key can neither break nor bend a header. */
const BEARER_TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Reads what the user typed when connecting. Spaces around it, slashes at its end and a pasted `/api/v1`
 * are forgiven. Errors do not repeat it: keys get pasted into the wrong field.
 */
export function connectionOf(z: ZObject, bundle: Bundle): Connection {
  const { baseUrl, apiKey } = authDataSchema.parse(bundle.authData);
  const url = URL.parse(baseUrl);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw problem(z, 'invalid_server_url');
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw problem(z, 'insecure_server_url');
  }
  if (!BEARER_TOKEN.test(apiKey)) throw problem(z, 'malformed_api_key');

  const path = url.pathname.replace(/\/api\/v1(\/.*)?$/, '').replace(/\/+$/, '');
  return { baseUrl: url.origin + path, host: url.host, apiKey };
}
