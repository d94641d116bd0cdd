import type { InEach } from '../../core/language.ts';
import type { Pages, WebContext } from '../context.ts';
import { EstimateLink } from '../estimate/link.tsx';
import { Page } from '../page.tsx';
import { hidden, send } from '../respond.tsx';
import { Copyable } from '../ui.tsx';
import { useHref, useView, useWords } from '../view.tsx';

const en = {
  title: 'Connect Zapier',
  intro: (product: string) =>
    `Each WhatsApp message, or each bundle of a chat, can start a Zap. Zapier asks for two things when you add the ${product} integration to a Zap.`,
  register: (product: string) =>
    `The ${product} integration is registered once in your Zapier account: whoever runs the server does that, as docs/zapier.md says. Only then can Zaps use it.`,
  registerTitle: 'The integration',
  url: 'Server URL',
  local:
    'Zapier calls from the internet, and this address is not reachable from there. Put a proxy with a certificate in front of the server and start it with PAKIET_PUBLIC_URL, as the README says.',
  key: 'API key',
  keyText: 'Create a separate key for Zapier, so that you can revoke it without the others.',
  createKey: 'Create a key for Zapier',
  trigger: 'Which trigger?',
  triggers: [
    ['New Message', 'starts the Zap with each message, at once. Every message costs tasks.'],
    [
      'New Message Batch',
      'gathers the messages of a chat for 1, 6, 12 or 24 hours and starts the Zap once for them. A day of chatting costs one run.',
    ],
  ],
  afterwards: 'After that',
  steps: [
    'Choose in the Zap which accounts, chats and directions it is for. What you choose there is shown here, and changed there.',
    'Test the trigger: it shows your latest messages, or samples while there are none.',
    'Switch the Zap on: its webhook appears under Webhooks by itself.',
  ],
  off: 'A Zap that is switched off keeps its place: what had been gathered goes on when it is switched on again. If it was off for 15 minutes or more, the messages that came in meanwhile are left out.',
};

const words: InEach<typeof en> = {
  en,
  pl: {
    title: 'Połącz z Zapierem',
    intro: (product) =>
      `Każda wiadomość z WhatsAppa albo każdy pakiet wiadomości czatu może uruchamiać Zapa. Gdy dodajesz do Zapa integrację ${product}, Zapier pyta o dwie rzeczy.`,
    register: (product) =>
      `Integrację ${product} rejestruje się raz na Twoim koncie w Zapierze: robi to osoba, która prowadzi serwer, według docs/zapier.md. Dopiero wtedy mogą z niej korzystać Zapy.`,
    registerTitle: 'Integracja',
    url: 'Adres serwera (Server URL)',
    local:
      'Zapier łączy się z internetu, a ten adres jest stamtąd nieosiągalny. Postaw przed serwerem proxy z certyfikatem i uruchom serwer z PAKIET_PUBLIC_URL, jak opisano w README.',
    key: 'Klucz API (API Key)',
    keyText: 'Utwórz dla Zapiera osobny klucz: unieważnisz go bez ruszania pozostałych.',
    createKey: 'Utwórz klucz dla Zapiera',
    trigger: 'Który wyzwalacz?',
    triggers: [
      [
        'New Message',
        'uruchamia Zapa z każdą wiadomością, od razu. Każda wiadomość kosztuje zadania.',
      ],
      [
        'New Message Batch',
        'zbiera wiadomości czatu przez 1, 6, 12 lub 24 godziny i uruchamia Zapa raz dla nich wszystkich. Dzień rozmów kosztuje jedno uruchomienie.',
      ],
    ],
    afterwards: 'Potem',
    steps: [
      'Wybierz w Zapie, których kont, czatów i kierunków dotyczy. Te wybory widać tutaj, a zmienia się je tam.',
      'Przetestuj wyzwalacz: pokaże Twoje najnowsze wiadomości, a dopóki ich nie ma – przykłady.',
      'Włącz Zapa: jego webhook sam pojawi się w dziale Webhooki.',
    ],
    off: 'Wyłączony Zap zachowuje swoje miejsce: po ponownym włączeniu wyśle to, co już zebrano. Jeśli przerwa trwała 15 minut lub dłużej, wiadomości, które przyszły w tym czasie, zostaną pominięte.',
  },
};

function ZapierPage() {
  const text = useWords(words);
  const { productName, publicUrl } = useView();
  const href = useHref();
  const isReachable = publicUrl.startsWith('https:');
  return (
    <Page title={text.title} section="zapier">
      <h1>{text.title}</h1>
      <p>{text.intro(productName)}</p>
      <EstimateLink />
      <article>
        <h2>{`0. ${text.registerTitle}`}</h2>
        <p>{text.register(productName)}</p>
      </article>
      <article>
        <h2>{`1. ${text.url}`}</h2>
        <p>
          <Copyable id="server-url" text={publicUrl} />
        </p>
        {!isReachable && <p class="notice warning">{text.local}</p>}
      </article>
      <article>
        <h2>{`2. ${text.key}`}</h2>
        <p>{text.keyText}</p>
        <p>
          <a class="button" href={href('/keys')}>
            {text.createKey}
          </a>
        </p>
      </article>
      <article>
        <h2>{text.trigger}</h2>
        <dl>
          {text.triggers.map(([name, meaning]) => (
            <div key={name}>
              <dt lang="en">
                <b>{name}</b>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </article>
      <article>
        <h2>{text.afterwards}</h2>
        <ol>
          {text.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <p class="soft">{text.off}</p>
      </article>
    </Page>
  );
}

/** How to connect Zapier. */
export function zapierPages(pages: Pages, context: WebContext): void {
  pages.get('/zapier', hidden, (request, reply) => send(context, request, reply, <ZapierPage />));
}
