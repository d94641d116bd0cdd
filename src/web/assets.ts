import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { Pages } from './context.ts';
import { NotFoundError } from './problem.tsx';

const { resolve } = createRequire(import.meta.url);
const own = (name: string) => fileURLToPath(new URL(`assets/${name}`, import.meta.url));

/** The files that pages load, by the name in their address. */
const FILES: Record<string, string> = {
  'pico.css': resolve('@picocss/pico/css/pico.min.css'),
  'htmx.js': resolve('htmx.org/dist/htmx.min.js'),
  'style.css': own('style.css'),
  'chart.css': own('chart.css'),
  'page.js': own('page.js'),
  'icon.svg': own('icon.svg'),
};

/** Changes with their content, so that browsers may keep them for ever. */
const VERSION = Object.values(FILES)
  .reduce((hash, file) => hash.update(readFileSync(file)), createHash('sha256'))
  .digest('hex')
  .slice(0, 12);

export const ASSETS_PATH = `/assets/${VERSION}`;

/** Serves style sheets, scripts and the icon: to anyone, there is nothing secret in them. */
export async function assetRoutes(pages: Pages): Promise<void> {
  await pages.register(fastifyStatic, { root: dirname(own('style.css')), serve: false });
  pages.get<{ Params: { name: string } }>(
    '/assets/:version/:name',
    { schema: { hide: true }, config: { open: true } },
    (request, reply) => {
      const file = Object.hasOwn(FILES, request.params.name) && FILES[request.params.name];
      if (!file) throw new NotFoundError();
      return reply.sendFile(basename(file), dirname(file), { maxAge: '365d', immutable: true });
    },
  );
}
