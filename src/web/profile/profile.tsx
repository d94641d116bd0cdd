import { z } from 'zod';
import { type InEach, LANGUAGES } from '../../core/language.ts';
import type { Pages, WebContext } from '../context.ts';
import { emailField, entered, newPasswordField, readForm, requiredName, says } from '../forms.ts';
import { Page } from '../page.tsx';
import { languageOf } from '../reader.ts';
import { hidden, leadTo, remember, send } from '../respond.tsx';
import { beginSession, workspaceOf } from '../session.ts';
import { Field, Form, type Problems, SelectField } from '../ui.tsx';
import { useWords } from '../view.tsx';
import { words as formWords } from '../words.ts';

const en = {
  title: 'Your profile',
  workspace: 'Name of the workspace',
  name: 'Your name',
  email: 'E-mail address',
  language: 'Language of the pages and e-mails',
  save: 'Save',
  saved: 'Saved.',
  passwordTitle: 'Change the password',
  current: 'Current password',
  next: 'New password',
  nextHint: 'At least 10 characters; several words work well. All other browsers are signed out.',
  change: 'Change the password',
  changed: 'The password is changed; all other browsers are signed out.',
  wrong: 'This is not your password.',
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Twój profil',
    workspace: 'Nazwa obszaru roboczego',
    name: 'Imię i nazwisko',
    email: 'Adres e-mail',
    language: 'Język stron i e-maili',
    save: 'Zapisz',
    saved: 'Zapisano.',
    passwordTitle: 'Zmiana hasła',
    current: 'Obecne hasło',
    next: 'Nowe hasło',
    nextHint:
      'Co najmniej 10 znaków, najlepiej kilka słów. Wszystkie inne przeglądarki zostaną wylogowane.',
    change: 'Zmień hasło',
    changed: 'Hasło zostało zmienione; inne przeglądarki wylogowano.',
    wrong: 'To nie jest Twoje hasło.',
  },
};

const LANGUAGE_OPTIONS = [
  { value: 'en', label: 'English' },
  { value: 'pl', label: 'Polski' },
];

interface ProfileProps {
  values: Record<string, string>;
  sendsMail: boolean;
  problems?: Problems;
}

function ProfilePage({ values, sendsMail, problems = {} }: ProfileProps) {
  const text = useWords(words);
  const { ownerEmailHint } = useWords(formWords);
  return (
    <Page title={text.title} section={null}>
      <h1>{text.title}</h1>
      <article>
        <Form action="/profile">
          <Field
            name="name"
            label={text.workspace}
            value={values.name}
            problem={problems.name}
            required
          />
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
          <SelectField
            name="language"
            label={text.language}
            options={LANGUAGE_OPTIONS}
            value={values.language ?? 'en'}
            problem={problems.language}
          />
          <button type="submit">{text.save}</button>
        </Form>
      </article>
      <article>
        <h2>{text.passwordTitle}</h2>
        <Form action="/profile/password">
          <Field
            name="current"
            type="password"
            label={text.current}
            problem={problems.current}
            autocomplete="current-password"
            required
          />
          <Field
            name="next"
            type="password"
            label={text.next}
            hint={text.nextHint}
            problem={problems.next}
            autocomplete="new-password"
            required
          />
          <button type="submit">{text.change}</button>
        </Form>
      </article>
    </Page>
  );
}

const profileForm = z.object({
  name: requiredName,
  ownerName: requiredName,
  ownerEmail: emailField,
  language: z.enum(LANGUAGES, says('choice')),
});

const passwordForm = z.object({
  current: z.string(says('required')).min(1, says('required')).max(200, says('too_long')),
  next: newPasswordField,
});

/** Who the owner is, and how they sign in. */
export function profilePages(pages: Pages, context: WebContext): void {
  const { store, signIn, sendsMail } = context;

  pages.get('/profile', hidden, (request, reply) => {
    const { id: _, ...values } = workspaceOf(request);
    return send(context, request, reply, <ProfilePage {...{ values, sendsMail }} />);
  });

  pages.post('/profile', hidden, async (request, reply) => {
    const read = readForm(profileForm, request.body);
    if (!read.ok) {
      const values = entered(request.body);
      const page = <ProfilePage {...{ values, sendsMail, problems: read.problems }} />;
      return send(context, request, reply, page, 422);
    }
    const { language } = read.value;
    const { id } = workspaceOf(request);
    await store.transaction((tx) => tx.workspaces.edit(id, read.value), { alone: id });
    // What was once chosen in this browser would win over it.
    if (request.cookies.language) remember(context, reply, 'language', language);
    const notice = { kind: 'done' as const, text: words[language].saved };
    return leadTo(context, request, reply, '/profile', notice);
  });

  pages.post('/profile/password', hidden, async (request, reply) => {
    const { id, ...values } = workspaceOf(request);
    const language = languageOf(request);
    const again = (problems: Problems) =>
      send(context, request, reply, <ProfilePage {...{ values, sendsMail, problems }} />, 422);
    const read = readForm(passwordForm, request.body);
    if (!read.ok) return again(read.problems);
    const { current, next } = read.value;
    const result = await signIn.changePassword(id, current, next, request.ip);
    if (!result.ok) {
      const waits = result.reason === 'wait';
      const seconds = waits ? Math.ceil(result.waitMs / 1000) : 0;
      const text = waits ? formWords[language].tryAgainIn(seconds) : words[language].wrong;
      return again({ current: { text } });
    }
    beginSession(context, reply, result.token);
    const notice = { kind: 'done' as const, text: words[language].changed };
    return leadTo(context, request, reply, '/profile', notice);
  });
}
