import type { FastifyRequest } from 'fastify';
import { isLanguage, type Language } from '../core/language.ts';
import { isZone } from './time.tsx';

// How the one who reads a page reads: what their browser says, and what they have chosen.

/**
 * The language that was chosen in this browser, else that of whoever is signed in, else the first of the
 * browser's that we speak.
 */
export function languageOf({ cookies, headers, workspace }: FastifyRequest): Language {
  if (isLanguage(cookies.language)) return cookies.language;
  if (workspace) return workspace.language;
  const wanted = (headers['accept-language'] ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', quality] = part.trim().split(/;\s*q=/);
      return { tag: tag.slice(0, 2).toLowerCase(), weight: Number(quality ?? 1) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return wanted.map(({ tag }) => tag).find(isLanguage) ?? 'en';
}

/** The reader's time zone, as the browser has told by a cookie. */
export const zoneOf = ({ cookies }: FastifyRequest): string =>
  cookies.zone && isZone(cookies.zone) ? cookies.zone : 'UTC';
