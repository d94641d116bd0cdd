import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SOURCE_KINDS } from '../../sources/registry.ts';
import type { StoredSource } from '../../store/rows.ts';
import { theirSecretSchema } from '../../wire/source.ts';
import type { Pages, WebContext } from '../context.ts';
import { entered, nameField, readForm, says } from '../forms.ts';
import { NotFoundError } from '../problem.tsx';
import { languageOf, zoneOf } from '../reader.ts';
import { asksForPart, hidden, leadTo, send } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { ConnectPage } from './connect.tsx';
import { SourcePage, takesAppSecret } from './source-page.tsx';
import { SourceState, sourceName } from './source-state.tsx';
import { words } from './words.ts';

const newForm = z.object({ kind: z.enum(SOURCE_KINDS), name: nameField });
const nameForm = z.object({ name: nameField });
const secretForm = z.object({
  app_secret: z.string(says('required')).trim().min(1, says('required')),
});

type Asked = FastifyRequest<{ Params: { id: string } }>;

/** Connecting WhatsApp: the sources of messages, and how each of them stands. */
export function sourcePages(pages: Pages, context: WebContext): void {
  const { sources } = context;

  const find = async (request: Asked): Promise<StoredSource> => {
    const source = await sources.get(workspaceOf(request).id, request.params.id);
    if (!source) throw new NotFoundError();
    return source;
  };
  const done = (request: Asked, reply: FastifyReply, text: string) =>
    leadTo(context, request, reply, `/connect/${request.params.id}`, { kind: 'done', text });

  pages.get('/connect', hidden, (request, reply) => send(context, request, reply, <ConnectPage />));

  pages.post('/connect', hidden, async (request, reply) => {
    const read = readForm(newForm, request.body);
    if (!read.ok) {
      const values = entered(request.body);
      const refused = { kind: values.kind ?? '', values, problems: read.problems };
      return send(context, request, reply, <ConnectPage refused={refused} />, 422);
    }
    const source = await sources.create(workspaceOf(request).id, { ...read.value, secrets: {} });
    const { made } = words[languageOf(request)];
    return leadTo(context, request, reply, `/connect/${source.id}`, { kind: 'done', text: made });
  });

  pages.get('/connect/:id', hidden, async (request: Asked, reply) =>
    send(context, request, reply, <SourcePage source={await find(request)} />),
  );

  pages.get('/connect/:id/state', hidden, async (request: Asked, reply) => {
    const source = await find(request);
    if (!asksForPart(request)) return leadTo(context, request, reply, `/connect/${source.id}`);
    return send(context, request, reply, <SourceState source={source} />);
  });

  pages.post('/connect/:id/reveal', hidden, async (request: Asked, reply) =>
    send(context, request, reply, <SourcePage source={await find(request)} isRevealed />),
  );

  pages.post('/connect/:id/name', hidden, async (request: Asked, reply) => {
    const source = await find(request);
    const read = readForm(nameForm, request.body);
    if (!read.ok) {
      const again = { values: entered(request.body), problems: read.problems };
      return send(context, request, reply, <SourcePage source={source} {...again} />, 422);
    }
    await sources.edit(source.workspaceId, source.id, read.value);
    return done(request, reply, words[languageOf(request)].renamed);
  });

  pages.post('/connect/:id/secret', hidden, async (request: Asked, reply) => {
    const source = await find(request);
    if (!takesAppSecret(source)) throw new NotFoundError();
    const text = words[languageOf(request)];
    const read = readForm(secretForm, request.body);
    const secret = theirSecretSchema.safeParse(read.ok ? read.value.app_secret : '');
    if (!read.ok || !secret.success) {
      const app_secret = { text: text.secretProblem };
      const problems = read.ok ? { app_secret } : read.problems;
      return send(context, request, reply, <SourcePage source={source} problems={problems} />, 422);
    }
    await sources.edit(source.workspaceId, source.id, { secrets: { app_secret: secret.data } });
    return done(request, reply, text.secretSaved);
  });

  pages.post('/connect/:id/rotate', hidden, async (request: Asked, reply) => {
    const source = await sources.rotateSecrets(workspaceOf(request).id, request.params.id);
    if (!source) throw new NotFoundError();
    return done(request, reply, words[languageOf(request)].rotated);
  });

  pages.post('/connect/:id/delete', hidden, async (request: Asked, reply) => {
    const source = await find(request);
    await sources.remove(source.workspaceId, source.id);
    const language = languageOf(request);
    const text = words[language].removed(sourceName(source, language, zoneOf(request)));
    return leadTo(context, request, reply, '/accounts', { kind: 'done', text });
  });
}
