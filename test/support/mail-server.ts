import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** One e-mail as it was handed in. */
export interface Received {
  from: string;
  to: string[];
  /** Names in lower case; folded lines are one again. */
  headers: Map<string, string>;
  /** By content type, decoded. */
  parts: Map<string, string>;
  raw: string;
}

/** An SMTP server on loopback: keeps what comes, and takes or refuses it as it is told. */
export class MailServer {
  readonly mails: Received[] = [];
  /** What to do between having all of an e-mail and saying so; an error refuses it. */
  beforeAccepting: (mail: Received) => Promise<void> = async () => {};
  readonly #server: SMTPServer;
  #port: number;
  #arrived = Promise.withResolvers<void>();

  private constructor(port: number, options: SMTPServerOptions) {
    this.#port = port;
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      logger: false,
      ...options,
      onData: (stream, { envelope }, callback) => {
        const taken = text(stream).then(async (raw) => {
          const from = envelope.mailFrom ? envelope.mailFrom.address : '';
          const mail = { from, to: envelope.rcptTo.map(({ address }) => address), ...parse(raw) };
          try {
            await this.beforeAccepting(mail);
          } catch (error) {
            return callback(error as Error);
          }
          this.mails.push(mail);
          callback();
          this.#arrived.resolve();
          this.#arrived = Promise.withResolvers();
        });
        // A client that is killed leaves its e-mail unfinished.
        taken.catch(() => {});
      },
    });
    // A client that is killed resets its connection.
    this.#server.on('error', () => {});
  }

  /** @param port where to listen; a free one where none is given */
  static async start(
    port = 0,
    { host = '127.0.0.1', ...options }: SMTPServerOptions & { host?: string } = {},
  ): Promise<MailServer> {
    const mails = new MailServer(port, options);
    const listening = mails.#server.listen(port, host);
    await once(listening, 'listening');
    mails.#port = (listening.address() as AddressInfo).port;
    return mails;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`;
  }

  /** Resolves when so many e-mails have been accepted. */
  async waitFor(count: number): Promise<Received[]> {
    while (this.mails.length < count) await this.#arrived.promise;
    return this.mails;
  }

  async stop(): Promise<void> {
    await new Promise<void>((stopped) => this.#server.close(() => stopped()));
  }
}

function parse(raw: string): Pick<Received, 'headers' | 'parts' | 'raw'> {
  const { headers, body } = split(raw);
  const parts = new Map<string, string>();
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1];
  for (const part of boundary ? body.split(`--${boundary}`).slice(1, -1) : []) {
    const inner = split(part.replace(/^\r\n/, ''));
    const type = inner.headers.get('content-type')?.split(';')[0] ?? '';
    parts.set(type, decoded(inner.body, inner.headers.get('content-transfer-encoding')));
  }
  return { headers, parts, raw };
}

function split(raw: string): { headers: Map<string, string>; body: string } {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), readable(line.slice(colon + 1).trim())];
  });
  return { headers: new Map(headers), body: raw.slice(end + 4) };
}

/** Undoes the encoding of headers (RFC 2047), of which nodemailer uses the one kind. */
const readable = (header: string) =>
  header
    .replace(/\?= =\?UTF-8\?Q\?/g, '')
    .replace(/=\?UTF-8\?Q\?(.*?)\?=/g, (_, word: string) =>
      decoded(word.replaceAll('_', ' '), 'quoted-printable'),
    );

function decoded(body: string, encoding = '7bit'): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
