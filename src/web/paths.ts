import type { WebContext } from './context.ts';

type AtSite = Pick<WebContext, 'site'>;

/** Path under which a proxy serves us, without a slash at the end. */
export const basePath = ({ site }: AtSite): string =>
  new URL(site.publicUrl).pathname.replace(/\/$/, '');

/** A path of ours, whatever was given: nobody is led to another site. */
export function localPath(context: AtSite, given: unknown): string {
  const base = basePath(context);
  const origin = 'http://here.invalid';
  if (typeof given !== 'string' || !given.startsWith('/')) return '/';
  const url = URL.parse(given, origin);
  if (url?.origin !== origin) return '/';
  const path = url.pathname + url.search + url.hash;
  // Two slashes at the start would be another host.
  return (path.startsWith(`${base}/`) ? path.slice(base.length) : path).replace(/^\/+/, '/');
}
