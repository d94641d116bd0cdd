import type { ComponentChildren } from 'preact';
import { LANGUAGES } from '../core/language.ts';
import { Form } from './ui.tsx';
import { useHref, useView, useWords } from './view.tsx';
import { words } from './words.ts';

type Section = keyof (typeof words)['en']['sections'];

const PATHS: Record<Section, string> = {
  webhooks: '/webhooks',
  chats: '/chats',
  accounts: '/accounts',
  keys: '/keys',
  zapier: '/zapier',
};

const LANGUAGE_NAMES = { en: 'English', pl: 'Polski' };

/** Neither styles in attributes nor code in texts: the content security policy lets neither pass. */
const HTMX_CONFIG = JSON.stringify({
  includeIndicatorStyles: false,
  allowEval: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
});

export interface PageProps {
  title: string;
  /** Marked in the navigation; null where the page belongs to none. */
  section: Section | null;
  children: ComponentChildren;
}

/** The frame around every page. */
export function Page({ title, section, children }: PageProps) {
  const { language, zone, productName, assets, notice, workspace } = useView();
  const { skip } = useWords(words);
  return (
    <html lang={language} data-zone={zone}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content={HTMX_CONFIG} />
        <title>{`${title} – ${productName}`}</title>
        <link rel="icon" href={`${assets}/icon.svg`} type="image/svg+xml" />
        <link rel="stylesheet" href={`${assets}/pico.css`} />
        <link rel="stylesheet" href={`${assets}/style.css`} />
        <link rel="stylesheet" href={`${assets}/chart.css`} />
        <script src={`${assets}/htmx.js`} defer />
        <script src={`${assets}/page.js`} defer />
      </head>
      <body>
        <a class="skip" href="#content">
          {skip}
        </a>
        {workspace && <Top section={section} />}
        <main id="content" class="container" tabIndex={-1}>
          {notice && (
            <p class={`notice ${notice.kind}`} role={notice.kind === 'failed' ? 'alert' : 'status'}>
              {notice.text}
            </p>
          )}
          {children}
        </main>
        <Foot />
      </body>
    </html>
  );
}

function Top({ section }: { section: Section | null }) {
  const { productName, workspace } = useView();
  const href = useHref();
  const { sections, navigation, profile, signOut } = useWords(words);
  return (
    <header class="top">
      <div class="container">
        <a class="brand" href={href('/webhooks')}>
          <span class="mark" aria-hidden="true" />
          {productName}
        </a>
        <nav aria-label={navigation} class="sections">
          <ul>
            {Object.entries(PATHS).map(([key, path]) => (
              <li key={key}>
                <a href={href(path)} aria-current={key === section ? 'page' : undefined}>
                  {sections[key as Section]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="person">
          <a href={href('/profile')} title={profile}>
            {workspace?.ownerName || workspace?.ownerEmail || profile}
          </a>
          <Form action="/sign-out">
            <button type="submit" class="plain">
              {signOut}
            </button>
          </Form>
        </div>
      </div>
    </header>
  );
}

function Foot() {
  const { language, path, workspace } = useView();
  const href = useHref();
  const { language: label, apiDocs } = useWords(words);
  return (
    <footer class="foot container">
      {workspace && <a href={href('/api/docs/')}>{apiDocs}</a>}
      <Form action="/language" label={label}>
        <input type="hidden" name="back" value={path} />
        {LANGUAGES.map((other) => (
          <button
            key={other}
            type="submit"
            name="language"
            value={other}
            class="plain"
            lang={other}
            aria-current={other === language ? 'true' : undefined}
          >
            {LANGUAGE_NAMES[other]}
          </button>
        ))}
      </Form>
    </footer>
  );
}
