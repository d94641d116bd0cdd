import { authFields, inputFields, proseOf, type Rule } from './integration.ts';

const CODE = /`[^`]*`/g;
const MARKDOWN_LINK = /\[[^[\]]+\]\((https?:\/\/[^\s()]+)\)/g;
const HTML_LINK = /<a href="(https?:\/\/[^\s"<>]+)">[^<]+<\/a>/g;

/** What is left of a text when its well-formed links and its code are taken out. */
const withoutLinks = (text: string): string =>
  text
    .replace(CODE, '')
    .replace(MARKDOWN_LINK, (link, url: string) => (URL.canParse(url) ? '' : link))
    .replace(HTML_LINK, (link, url: string) => (URL.canParse(url) ? '' : link));

/** Every text in a definition, its samples included, and where it is. */
function textsIn(value: unknown, at = ''): [string, string][] {
  if (typeof value === 'string') return [[at, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    textsIn(inner, at === '' ? name : `${at}.${name}`),
  );
}

const squeezed = (text: string): string =>
  text
    .toLowerCase()
    .replace(/\b(the|a|an|your|this|enter|pick|choose|select|of)\b/g, '')
    .replace(/[^a-z0-9]/g, '');

export const linkRules: Record<string, Rule> = {
  // Zapier asks for a link to where the key is found. Each user has a server of their own, so here it may
  // also be the command that prints one.
  D002: (app) =>
    authFields(app)
      .filter(({ type, helpText = '' }) => {
        const pointers = [MARKDOWN_LINK, HTML_LINK, CODE];
        return type === 'password' && pointers.every((pointer) => !helpText.match(pointer));
      })
      .map(({ at }) => `${at}: the help text must lead to where the credential is found`),

  D007: (app) =>
    textsIn(app)
      .filter(([, text]) => /\bhttp:\/\/\S/i.test(text))
      .map(([at]) => `${at}: every address must be https`),

  D008: (app) =>
    proseOf(app)
      .filter(({ text }) => /https?:\/\/\S|\]\(|[[\]]|<\/?a\b/i.test(withoutLinks(text)))
      .map(({ at }) => `${at}: an address must be a whole link or stand in backticks`),

  D011: (app) =>
    [...authFields(app), ...inputFields(app)].flatMap(({ at, label = '', helpText }) => {
      if (helpText === undefined) return [];
      if (squeezed(helpText) === '' || squeezed(helpText) === squeezed(label)) {
        return [`${at}: the help text says no more than the label`];
      }
      return helpText.endsWith('.') ? [] : [`${at}: the help text must end with a period`];
    }),

  D025: (app) =>
    textsIn(app)
      .filter(([, text]) => /\b(javascript|vbscript|data):\S/i.test(text))
      .map(([at]) => `${at}: an address must not run anything`),
};
