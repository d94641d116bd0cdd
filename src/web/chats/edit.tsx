import { z } from 'zod';
import { forgetChat } from '../../core/forget-chat.ts';
import type { Chat } from '../../store/rows.ts';
import { textSchema } from '../../wire/text.ts';
import type { Pages, WebContext } from '../context.ts';
import { entered, readForm, says } from '../forms.ts';
import { Page } from '../page.tsx';
import { languageOf } from '../reader.ts';
import { hidden, leadTo, send } from '../respond.tsx';
import { workspaceOf } from '../session.ts';
import { Dangerous, Field, Form, type Problems } from '../ui.tsx';
import { useHref, useWords } from '../view.tsx';
import { type ChatPath, chatOf, messagesPath, useTitle } from './find-chat.ts';
import { words } from './words.ts';

interface EditProps {
  chat: Chat;
  values: Record<string, string>;
  problems?: Problems;
}

function EditPage({ chat, values, problems = {} }: EditProps) {
  const text = useWords(words);
  const href = useHref();
  const title = useTitle(chat);
  return (
    <Page title={`${text.editTitle}: ${title}`} section="chats">
      <p class="back">
        <a href={href(messagesPath(chat))}>
          <span aria-hidden="true">← </span>
          <bdi>{title}</bdi>
        </a>
      </p>
      <h1>{text.editTitle}</h1>
      <article>
        <Form action={`/chat/${chat.id}/edit`}>
          <Field
            name="name"
            label={text.name}
            hint={text.nameHint}
            value={values.name}
            placeholder={chat.givenName === null ? chat.fullName : ''}
            problem={problems.name}
            autocomplete="off"
          />
          <Field
            name="responsibleName"
            label={text.responsibleName}
            hint={text.responsibleHint}
            value={values.responsibleName}
            problem={problems.responsibleName}
            autocomplete="off"
          />
          <Field
            name="responsibleEmail"
            type="email"
            label={text.responsibleEmail}
            value={values.responsibleEmail}
            problem={problems.responsibleEmail}
            autocomplete="off"
          />
          <button type="submit">{text.save}</button>
        </Form>
      </article>
      <article>
        <Dangerous title={text.remove}>
          <p>{text.removeText}</p>
          <ul>
            {text.lost.map((what) => (
              <li key={what}>{what}</li>
            ))}
          </ul>
          <p>{text.removeKept}</p>
          <Form action={`/chat/${chat.id}/delete`}>
            <button type="submit" class="danger">
              {text.remove}
            </button>
          </Form>
        </Dangerous>
      </article>
    </Page>
  );
}

const line = textSchema.trim().max(1024, says('too_long'));

const form = z.object({
  name: line,
  responsibleName: line,
  responsibleEmail: z
    .string()
    .trim()
    .max(320, says('too_long'))
    .pipe(z.literal('').or(z.email(says('email')))),
});

/** What people may set on a chat, and the end of it. */
export function editPages(pages: Pages, context: WebContext): void {
  const { store, changed } = context;

  pages.get<ChatPath>('/chat/:id/edit', hidden, async (request, reply) => {
    const { chat } = await chatOf(context, request);
    const { givenName, responsibleName, responsibleEmail } = chat;
    const values = { name: givenName ?? '', responsibleName, responsibleEmail };
    return send(context, request, reply, <EditPage chat={chat} values={values} />);
  });

  pages.post<ChatPath>('/chat/:id/edit', hidden, async (request, reply) => {
    const { chat } = await chatOf(context, request);
    const read = readForm(form, request.body);
    if (!read.ok) {
      const page = <EditPage chat={chat} values={entered(request.body)} problems={read.problems} />;
      return send(context, request, reply, page, 422);
    }
    const { name: fullName, responsibleName, responsibleEmail } = read.value;
    const edit = { fullName, responsibleName, responsibleEmail };
    const { id } = workspaceOf(request);
    await store.transaction((tx) => tx.chats.edit(id, chat.id, edit), { alone: id });
    const notice = { kind: 'done' as const, text: words[languageOf(request)].saved };
    return leadTo(context, request, reply, messagesPath(chat), notice);
  });

  pages.post<ChatPath>('/chat/:id/delete', hidden, async (request, reply) => {
    const { chat } = await chatOf(context, request);
    await forgetChat({ store, changed }, workspaceOf(request).id, chat.id);
    const notice = { kind: 'done' as const, text: words[languageOf(request)].removed };
    return leadTo(context, request, reply, '/chats', notice);
  });
}
