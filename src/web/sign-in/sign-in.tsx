import { z } from 'zod';
import type { InEach, Language } from '../../core/language.ts';
import type { Pages, WebContext } from '../context.ts';
import { emailField, entered, readForm, says } from '../forms.ts';
import { Page } from '../page.tsx';
import { localPath } from '../paths.ts';
import { hidden, leadTo, send } from '../respond.tsx';
import { beginSession, endSession } from '../session.ts';
import { Field, Form, type Problems } from '../ui.tsx';
import { useView, useWords } from '../view.tsx';
import { words as shared } from '../words.ts';

const en = {
  title: 'Sign in',
  email: 'E-mail address',
  password: 'Password',
  submit: 'Sign in',
  forgotten:
    'Forgot your password? Ask whoever runs the server for a new link (npm run pakiet -- password reset).',
  wrong: 'The e-mail address or the password is wrong.',
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Logowanie',
    email: 'Adres e-mail',
    password: 'Hasło',
    submit: 'Zaloguj się',
    forgotten:
      'Nie pamiętasz hasła? Poproś osobę, która prowadzi serwer, o nowy link (npm run pakiet -- password reset).',
    wrong: 'Nieprawidłowy adres e-mail lub hasło.',
  },
};

interface SignInProps {
  next: string;
  email?: string;
  problems?: Problems;
  failure?: (language: Language) => string;
}

function SignInPage({ next, email = '', problems = {}, failure }: SignInProps) {
  const text = useWords(words);
  const { language, productName } = useView();
  return (
    <Page title={text.title} section={null}>
      <article class="door">
        <h1>{`${text.title} – ${productName}`}</h1>
        {failure && (
          <p class="notice failed" role="alert">
            {failure(language)}
          </p>
        )}
        <Form action="/sign-in">
          <input type="hidden" name="next" value={next} />
          <Field
            name="email"
            type="email"
            label={text.email}
            value={email}
            problem={problems.email}
            autocomplete="username"
            required
            autofocus
          />
          <Field
            name="password"
            type="password"
            label={text.password}
            problem={problems.password}
            autocomplete="current-password"
            required
          />
          <button type="submit">{text.submit}</button>
        </Form>
        <p class="hint">{text.forgotten}</p>
      </article>
    </Page>
  );
}

const form = z.object({
  email: emailField,
  password: z.string(says('required')).min(1, says('required')).max(200, says('too_long')),
});

/** Signing in and out. */
export function signInPages(pages: Pages, context: WebContext): void {
  const { signIn } = context;
  const open = { ...hidden, config: { open: true } };

  pages.get<{ Querystring: { next?: string } }>('/sign-in', open, (request, reply) => {
    const next = localPath(context, request.query.next);
    if (request.workspace) return leadTo(context, request, reply, next);
    return send(context, request, reply, <SignInPage next={next} />);
  });

  pages.post('/sign-in', open, async (request, reply) => {
    const { email, next } = entered(request.body);
    const given = { next: localPath(context, next), email: email ?? '' };
    const read = readForm(form, request.body);
    if (!read.ok) {
      const page = <SignInPage {...given} problems={read.problems} />;
      return send(context, request, reply, page, 422);
    }
    const result = await signIn.signIn(read.value.email, read.value.password, request.ip);
    if (result.ok) {
      beginSession(context, reply, result.token);
      return leadTo(context, request, reply, given.next);
    }
    if (result.reason === 'wrong') {
      const failure = (language: Language) => words[language].wrong;
      return send(context, request, reply, <SignInPage {...given} failure={failure} />, 401);
    }
    const seconds = Math.ceil(result.waitMs / 1000);
    reply.header('retry-after', seconds);
    const failure = (language: Language) => shared[language].tryAgainIn(seconds);
    return send(context, request, reply, <SignInPage {...given} failure={failure} />, 429);
  });

  pages.post('/sign-out', open, async (request, reply) => {
    if (request.sessionToken) await signIn.signOut(request.sessionToken);
    endSession(context, reply);
    return leadTo(context, request, reply, '/sign-in');
  });
}
