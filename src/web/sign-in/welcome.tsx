import { z } from 'zod';
import type { InEach } from '../../core/language.ts';
import type { Workspace } from '../../store/rows.ts';
import type { Pages, WebContext } from '../context.ts';
import { emailField, entered, newPasswordField, readForm, requiredName } from '../forms.ts';
import { Page } from '../page.tsx';
import { languageOf } from '../reader.ts';
import { hidden, leadTo, send } from '../respond.tsx';
import { beginSession } from '../session.ts';
import { Field, Form, type Problems } from '../ui.tsx';
import { useView, useWords } from '../view.tsx';

const en = {
  title: 'Welcome',
  intro: (product: string) => `This is your ${product}. Say who you are, and choose a password.`,
  name: 'Your name',
  email: 'E-mail address',
  emailHint: 'You sign in with it, and are told there when errors switch a webhook off.',
  password: 'Password',
  passwordHint: 'At least 10 characters; several words are good.',
  submit: 'Save and go on',
  done: 'Saved: next time sign in with your e-mail address and this password.',
  over: 'This link holds no more',
  overText:
    'It works once, for a day. Whoever runs the server makes a new one with “npm run pakiet -- password reset”.',
  signIn: 'Sign in',
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Witaj',
    intro: (product) => `To jest Twój ${product}. Przedstaw się i wybierz hasło.`,
    name: 'Imię i nazwisko',
    email: 'Adres e-mail',
    emailHint: 'Nim się logujesz; tam też damy znać, gdy błędy wyłączą webhook.',
    password: 'Hasło',
    passwordHint: 'Co najmniej 10 znaków; dobre jest kilka słów.',
    submit: 'Zapisz i przejdź dalej',
    done: 'Zapisano: następnym razem zaloguj się adresem e-mail i tym hasłem.',
    over: 'Ten link już nie działa',
    overText:
      'Działa raz, przez dobę. Osoba prowadząca serwer utworzy nowy poleceniem „npm run pakiet -- password reset”.',
    signIn: 'Zaloguj się',
  },
};

interface WelcomeProps {
  link: string;
  values: { ownerName: string; ownerEmail: string };
  problems?: Problems;
}

function WelcomePage({ link, values, problems = {} }: WelcomeProps) {
  const text = useWords(words);
  const { productName } = useView();
  return (
    <Page title={text.title} section={null}>
      <article class="door">
        <h1>{text.title}</h1>
        <p>{text.intro(productName)}</p>
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
            hint={text.emailHint}
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
  const { signIn } = context;
  const open = { ...hidden, config: { open: true } };
  type Path = { Params: { link: string } };

  pages.get<Path>('/welcome/:link', open, async (request, reply) => {
    const { link } = request.params;
    const workspace = await signIn.ofLink(link);
    if (!workspace) return send(context, request, reply, <OverPage />, 410);
    const { ownerName, ownerEmail }: Workspace = workspace;
    const page = <WelcomePage link={link} values={{ ownerName, ownerEmail }} />;
    return send(context, request, reply, page);
  });

  pages.post<Path>('/welcome/:link', open, async (request, reply) => {
    const { link } = request.params;
    if (!(await signIn.ofLink(link))) return send(context, request, reply, <OverPage />, 410);
    const read = readForm(form, request.body);
    if (!read.ok) {
      const { ownerName = '', ownerEmail = '' } = entered(request.body);
      const page = (
        <WelcomePage link={link} values={{ ownerName, ownerEmail }} problems={read.problems} />
      );
      return send(context, request, reply, page, 422);
    }
    const language = languageOf(request);
    const begun = await signIn.useLink(link, { ...read.value, language });
    if (!begun) return send(context, request, reply, <OverPage />, 410);
    beginSession(context, reply, begun.token);
    const notice = { kind: 'done' as const, text: words[language].done };
    return leadTo(context, request, reply, '/webhooks', notice);
  });
}
