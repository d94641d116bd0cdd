import { z } from 'zod';
import type { InEach } from '../../core/language.ts';
import type { Pages, WebContext } from '../context.ts';
import { emailField, entered, newPasswordField, readForm, requiredName } from '../forms.ts';
import { Page } from '../page.tsx';
import { languageOf } from '../reader.ts';
import { hidden, leadTo, send } from '../respond.tsx';
import { beginSession } from '../session.ts';
import { Field, Form, type Problems } from '../ui.tsx';
import { useView, useWords } from '../view.tsx';
import { words as formWords } from '../words.ts';

const en = {
  title: 'Welcome',
  intro: (product: string) => `This is your ${product}. Say who you are, and choose a password.`,
  name: 'Your name',
  resetTitle: 'Choose a new password',
  resetIntro: 'All browsers that are signed in will be signed out.',
  email: 'E-mail address',
  password: 'Password',
  passwordHint: 'At least 10 characters; several words work well.',
  submit: 'Save and continue',
  done: 'Saved: next time sign in with your e-mail address and this password.',
  over: 'This link is no longer valid',
  overText:
    'It works once, for a day. Ask whoever runs the server for a new one (npm run pakiet -- password reset).',
  signIn: 'Sign in',
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Witaj',
    intro: (product) => `To jest Twój ${product}. Przedstaw się i wybierz hasło.`,
    name: 'Imię i nazwisko',
    resetTitle: 'Ustaw nowe hasło',
    resetIntro: 'Wszystkie zalogowane przeglądarki zostaną wylogowane.',
    email: 'Adres e-mail',
    password: 'Hasło',
    passwordHint: 'Co najmniej 10 znaków; najlepiej kilka słów.',
    submit: 'Zapisz i przejdź dalej',
    done: 'Zapisano: następnym razem zaloguj się adresem e-mail i tym hasłem.',
    over: 'Ten link już nie działa',
    overText:
      'Działa raz, przez dobę. Poproś osobę, która prowadzi serwer, o nowy (npm run pakiet -- password reset).',
    signIn: 'Zaloguj się',
  },
};

interface WelcomeProps {
  link: string;
  values: { ownerName: string; ownerEmail: string };
  problems?: Problems;
  /** The owner has a password already, and chooses another. */
  isReset: boolean;
  sendsMail: boolean;
}

function WelcomePage({ link, values, problems = {}, isReset, sendsMail }: WelcomeProps) {
  const text = useWords(words);
  const { ownerEmailHint } = useWords(formWords);
  const title = isReset ? text.resetTitle : text.title;
  const { productName } = useView();
  return (
    <Page title={title} section={null}>
      <article class="door">
        <h1>{title}</h1>
        <p>{isReset ? text.resetIntro : text.intro(productName)}</p>
        <Form action={`/welcome/${link}`}>
          <Field
            name="ownerName"
            label={text.name}
            value={values.ownerName}
            problem={problems.ownerName}
            autocomplete="name"
            required
          />
          <Field
            name="ownerEmail"
            type="email"
            label={text.email}
            hint={ownerEmailHint(sendsMail)}
            value={values.ownerEmail}
            problem={problems.ownerEmail}
            autocomplete="username"
            required
          />
          <Field
            name="password"
            type="password"
            label={text.password}
            hint={text.passwordHint}
            problem={problems.password}
            autocomplete="new-password"
            required
          />
          <button type="submit">{text.submit}</button>
        </Form>
      </article>
    </Page>
  );
}

function OverPage() {
  const text = useWords(words);
  const { base } = useView();
  return (
    <Page title={text.over} section={null}>
      <article class="door">
        <h1>{text.over}</h1>
        <p>{text.overText}</p>
        <p>
          <a href={`${base}/sign-in`}>{text.signIn}</a>
        </p>
      </article>
    </Page>
  );
}

const form = z.object({
  ownerName: requiredName,
  ownerEmail: emailField,
  password: newPasswordField,
});

/** The one-time link by which the owner chooses a password. */
export function welcomePages(pages: Pages, context: WebContext): void {
  const { signIn, sendsMail } = context;
  const open = { ...hidden, config: { open: true } };
  type Path = { Params: { link: string } };

  pages.get<Path>('/welcome/:link', open, async (request, reply) => {
    const { link } = request.params;
    const opened = await signIn.ofLink(link);
    if (!opened) return send(context, request, reply, <OverPage />, 410);
    const { workspace: values, hasPassword: isReset } = opened;
    const page = <WelcomePage {...{ link, values, isReset, sendsMail }} />;
    return send(context, request, reply, page);
  });

  pages.post<Path>('/welcome/:link', open, async (request, reply) => {
    const { link } = request.params;
    const opened = await signIn.ofLink(link);
    if (!opened) return send(context, request, reply, <OverPage />, 410);
    const { workspace, hasPassword: isReset } = opened;
    const read = readForm(form, request.body);
    if (!read.ok) {
      const { ownerName = '', ownerEmail = '' } = entered(request.body);
      const values = { ownerName, ownerEmail };
      const { problems } = read;
      const page = <WelcomePage {...{ link, values, problems, isReset, sendsMail }} />;
      return send(context, request, reply, page, 422);
    }
    // The browser speaks for its owner only until they have a language of their own.
    const language = isReset ? workspace.language : languageOf(request);
    const begun = await signIn.useLink(link, { ...read.value, language });
    if (!begun) return send(context, request, reply, <OverPage />, 410);
    beginSession(context, reply, begun.token);
    const notice = { kind: 'done' as const, text: words[language].done };
    return leadTo(context, request, reply, '/webhooks', notice);
  });
}
