import { renderToString } from 'preact-render-to-string';
import type { InEach, Language } from './language.ts';

/** What the e-mail says, in the order in which it says it. */
export interface Content {
  language: Language;
  greeting: string;
  opening: string;
  facts: { label: string; value: string }[];
  meanwhile: string;
  steps: string[];
  link: { href: string; label: string };
  ending: string;
}

const HEADINGS = {
  en: { meanwhile: 'What happens to messages', steps: 'What to do now' },
  pl: { meanwhile: 'Co z wiadomościami', steps: 'Co teraz zrobić' },
} satisfies InEach<{ meanwhile: string; steps: string }>;

/** For plain clients. */
export function asText({
  language,
  greeting,
  opening,
  facts,
  meanwhile,
  steps,
  link,
  ending,
}: Content): string {
  const headings = HEADINGS[language];
  const width = Math.max(...facts.map(({ label }) => label.length)) + 2;
  return [
    greeting,
    opening,
    facts.map(({ label, value }) => `  ${`${label}:`.padEnd(width)}${value}`).join('\n'),
    `${headings.meanwhile.toUpperCase()}\n${meanwhile}`,
    `${headings.steps.toUpperCase()}\n${steps.map((step, i) => `${i + 1}. ${step}`).join('\n')}`,
    `${link.label}: ${link.href}`,
    `-- \n${ending}`,
    '',
  ].join('\n\n');
}

/** Names and texts are escaped by the renderer. */
export const asHtml = (content: Content) =>
  `<!doctype html>${renderToString(<Page {...content} />)}`;

// Styles stand at each element: mail clients drop style sheets.
const STYLE = {
  body: 'margin:0;padding:24px 12px;background:#f4f2ee;color:#1d2321;font:16px/1.5 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif',
  card: 'max-width:560px;margin:0 auto;padding:24px 28px;background:#ffffff;border-radius:8px',
  heading: 'margin:24px 0 4px;font-size:16px',
  paragraph: 'margin:0 0 12px',
  table: 'border-collapse:collapse;width:100%;margin:16px 0',
  label:
    'padding:6px 16px 6px 0;border-top:1px solid #e4e1da;color:#5c6663;text-align:left;font-weight:normal;vertical-align:top;white-space:nowrap',
  value: 'padding:6px 0;border-top:1px solid #e4e1da;overflow-wrap:anywhere;word-break:break-word',
  list: 'margin:0 0 20px;padding-left:22px;overflow-wrap:anywhere',
  link: 'display:inline-block;padding:9px 18px;border-radius:6px;background:#0b6b4f;color:#ffffff;text-decoration:none',
  ending: 'margin:24px 0 0;color:#5c6663;font-size:13px',
};

function Page({ language, greeting, opening, facts, meanwhile, steps, link, ending }: Content) {
  const headings = HEADINGS[language];
  return (
    <html lang={language}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
      </head>
      <body style={STYLE.body}>
        <div style={STYLE.card}>
          <p style={STYLE.paragraph}>{greeting}</p>
          <p style={STYLE.paragraph}>{opening}</p>
          <table style={STYLE.table}>
            {facts.map(({ label, value }) => (
              <tr key={label}>
                <th style={STYLE.label}>{label}</th>
                <td style={STYLE.value} dir="auto">
                  {value}
                </td>
              </tr>
            ))}
          </table>
          <h2 style={STYLE.heading}>{headings.meanwhile}</h2>
          <p style={STYLE.paragraph}>{meanwhile}</p>
          <h2 style={STYLE.heading}>{headings.steps}</h2>
          <ol style={STYLE.list}>
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          <p style={STYLE.paragraph}>
            <a style={STYLE.link} href={link.href}>
              {link.label}
            </a>
          </p>
          <p style={STYLE.ending}>{ending}</p>
        </div>
      </body>
    </html>
  );
}
