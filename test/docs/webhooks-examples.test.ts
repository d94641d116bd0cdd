import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SinglePayload, singlePayloadSchema } from '../../src/wire/payload.ts';
import { singleSample } from '../../src/wire/samples.ts';
import { type SignatureHeaders, sign } from '../../src/wire/signature.ts';
import { Program } from '../support/program.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

// The receivers that docs/webhooks.md shows, taken from there and run by their real interpreters.

const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
const rackServer = fileURLToPath(new URL('../support/rack-server.rb', import.meta.url));

interface Example {
  name: string;
  /** Of its block of code. */
  language: string;
  file: string;
  /** Runs the file on a port of its choice. */
  command: [string, ...string[]];
  /** What it prints then, with the port. */
  listening: RegExp;
}

const EXAMPLES: Example[] = [
  {
    name: 'Node',
    language: 'js',
    file: 'receiver.mjs',
    command: [process.execPath, 'receiver.mjs'],
    listening: /port: (\d+)/,
  },
  {
    name: 'Python',
    language: 'python',
    file: 'receiver.py',
    command: ['python3', 'receiver.py'],
    listening: /'127\.0\.0\.1', (\d+)\)/,
  },
  {
    name: 'PHP',
    language: 'php',
    file: 'public/receive.php',
    // PHP says on standard error that it listens.
    command: ['sh', '-c', 'exec php -S 127.0.0.1:0 public/receive.php 2>&1'],
    listening: /127\.0\.0\.1:(\d+)\) started/,
  },
  {
    name: 'Ruby',
    language: 'ruby',
    file: 'config.ru',
    command: ['ruby', rackServer],
    listening: /listens on (\d+)/,
  },
];

const interpreterOf = ({ command: [first], language }: Example) =>
  first === 'sh' ? language : first;

const isThere = (example: Example) => spawnSync(interpreterOf(example), ['--version']).status === 0;

const secretOf = (text: string) => `whsec_${Buffer.from(text).toString('base64')}`;
const SECRET = secretOf('the secret of this webhook');
const OTHER = secretOf('the secret of another one');

const BODY = JSON.stringify(singleSample);
const FOREIGN = BODY.replace('How are you?', 'Zażółć gęślą jaźń 👋 שלום \u2028');

/** A receiver that runs, in a folder of its own. */
class Running {
  readonly #program: Program;
  readonly #folder: string;
  readonly port: number;

  private constructor(program: Program, folder: string, port: number) {
    this.#program = program;
    this.#folder = folder;
    this.port = port;
  }

  static async start(example: Example, secret: string): Promise<Running> {
    const { language, file, command, listening } = example;
    const block = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(page);
    const folder = tempFolder();
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), block?.[1] as string);
    const [executable, ...parameters] = command;
    const env = { PORT: '0', WEBHOOK_SECRET: secret };
    const program = new Program(executable, parameters, { cwd: folder, env });
    const [, port] = await program.printed(listening);
    return new Running(program, folder, Number(port));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** What it has stored, by id. */
  get inbox(): Record<string, string> {
    const folder = join(this.#folder, 'inbox');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return Object.fromEntries(
      names.map((name) => [name.replace('.json', ''), readFileSync(join(folder, name), 'utf8')]),
    );
  }

  async post(headers: Partial<SignatureHeaders>, body: string): Promise<number> {
    return (await fetch(this.url, { method: 'POST', headers, body })).status;
  }

  async stop(): Promise<void> {
    this.#program.signal('SIGTERM');
    await this.#program.ended();
  }
}

const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;

/** What anyone can make for a receiver whose key is empty. */
function signedWithNothing(id: string, body: string): SignatureHeaders {
  const seconds = String(Math.floor(Date.now() / 1000));
  const hmac = createHmac('sha256', '').update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${hmac}` };
}

const GENUINE: [string, string, (id: string, body: string) => SignatureHeaders][] = [
  ['signed with its secret', BODY, (id, body) => sign(SECRET, id, Date.now(), body)],
  ['in any script', FOREIGN, (id, body) => sign(SECRET, id, Date.now(), body)],
  ['a few minutes late', BODY, (id, body) => sign(SECRET, id, minutesAgo(4), body)],
  [
    'signed with two secrets, of which it knows the second',
    BODY,
    (id, body) => {
      const [other, own] = [OTHER, SECRET].map((secret) => sign(secret, id, Date.now(), body));
      const both = `${other?.['webhook-signature']} ${own?.['webhook-signature']}`;
      return { ...(own as SignatureHeaders), 'webhook-signature': both };
    },
  ],
];

const FORGED: [string, (id: string) => Partial<SignatureHeaders>][] = [
  ['signed with another secret', (id) => sign(OTHER, id, Date.now(), BODY)],
  ['whose body was altered', (id) => sign(SECRET, id, Date.now(), BODY.replace('Hi', 'Ho'))],
  ['whose id was altered', (id) => ({ ...sign(SECRET, 'x', Date.now(), BODY), 'webhook-id': id })],
  ['that is old', (id) => sign(SECRET, id, minutesAgo(6), BODY)],
  ['from the future', (id) => sign(SECRET, id, minutesAgo(-6), BODY)],
  ['that is not signed', () => ({})],
];

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start(tempFolder());
});

afterAll(() => server.stop());

describe.each(EXAMPLES)('the receiver in $name', (example) => {
  if (!isThere(example)) {
    const missing = `${interpreterOf(example)} is not installed`;
    // On CI nothing may be left out.
    if (process.env.CI) {
      test('runs', () => {
        throw new Error(missing);
      });
    } else test.skip(`runs (skipped: ${missing})`, () => {});
    return;
  }

  let receiver: Running;

  beforeAll(async () => {
    receiver = await Running.start(example, SECRET);
  });

  afterAll(() => receiver.stop());

  test.each(GENUINE)('stores a delivery %s', async (title, body, headersOf) => {
    const id = `genuine-${title.replaceAll(/\W+/g, '-')}`;
    expect(await receiver.post(headersOf(id, body), body)).toBe(200);
    expect(receiver.inbox[id]).toBe(body);
  });

  test.each(FORGED)('refuses a delivery %s', async (_title, headersOf) => {
    const before = receiver.inbox;
    expect(await receiver.post(headersOf('forged'), BODY)).toBe(401);
    expect(receiver.inbox).toEqual(before);
  });

  test('answers 200 to a repeat and keeps what it has', async () => {
    expect(await receiver.post(sign(SECRET, 'repeated', Date.now(), BODY), BODY)).toBe(200);
    const before = receiver.inbox;
    const renamed = BODY.replaceAll('Jane', 'Janet');
    expect(await receiver.post(sign(SECRET, 'repeated', Date.now(), renamed), renamed)).toBe(200);
    expect(receiver.inbox).toEqual(before);
  });

  test('goes on after a caller that hung up halfway', async () => {
    const socket = connect(receiver.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{');
    socket.end();
    socket.resume().on('error', () => {});
    await once(socket, 'close');
    expect(await receiver.post(sign(SECRET, 'after', Date.now(), BODY), BODY)).toBe(200);
  });

  test('takes nothing while it has no secret', async () => {
    const answered = Running.start(example, '').then(async (other) => {
      const status = await other.post(signedWithNothing('x', BODY), BODY);
      await other.stop();
      return status;
    });
    // PHP runs anew for each request; the others do not even start.
    const outcome = example.language === 'php' ? 500 : 'did not start';
    expect(await answered.catch(() => 'did not start')).toBe(outcome);
  });

  test('takes what Pakiet delivers', async () => {
    const phone = `+97255000000${EXAMPLES.indexOf(example)}`;
    const { body: webhook } = await server.call('POST', '/webhooks', {
      target_url: 'http://127.0.0.1:9/',
      granularity_hours: 0,
      filters: { whatsapp_accounts: [phone] },
    });
    const live = await Running.start(example, webhook.secret);
    const path = `/webhooks/${webhook.id}`;
    await server.call('PATCH', path, { target_url: live.url });
    const texts = ['Hi! How are you?', 'Świetnie 👋'];
    await server.call('POST', '/messages', {
      messages: texts.map((text, i) => ({
        whatsapp_account: { phone },
        chat: { id: 'john@c.us', full_name: 'John Doe', phone: '+972540000000' },
        message: {
          message_id: String(i),
          direction: 'received',
          timestamp: '2021-02-24T16:25:29Z',
          text,
        },
      })),
    });
    await server.until<{ waiting: number }>(path, ({ waiting }) => waiting === 0);
    const payloads: SinglePayload[] = Object.values(live.inbox).map((body) =>
      singlePayloadSchema.parse(JSON.parse(body)),
    );
    expect(payloads.map(({ message }) => message.text).sort()).toEqual(texts.sort());
    const { body: log } = await server.call<{ request: { headers: SignatureHeaders } }[]>(
      'GET',
      `${path}/log`,
    );
    const ids = log.map(({ request }) => request.headers['webhook-id']);
    expect(Object.keys(live.inbox).sort()).toEqual(ids.sort());
    await live.stop();
  });
});
