import { createTransport } from 'nodemailer';

/** Where e-mail is handed in, and whom it comes from. */
export interface SmtpSettings {
  host: string;
  port: number;
  /** TLS from the first byte (smtps), else only once the server offers it. */
  secure: boolean;
  /** Null where the server asks nobody who they are. */
  credentials: { user: string; password: string } | null;
  from: string;
}

/** An e-mail to be sent. */
export interface Mail {
  messageId: string;
  from: { name: string };
  to: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
}

/** Hands in an e-mail; resolves once the server has accepted it. */
export type Post = (mail: Mail, signal: AbortSignal) => Promise<void>;

/** No server is waited for longer. */
const TIME_LIMIT_MS = 60_000;
const SILENCE_LIMIT_MS = 20_000;
/** Here a password may cross the wire in the clear: the wire does not leave the machine. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|::1)$/;

/** Hands e-mails in over SMTP, each over a connection of its own: there are few of them. */
export function smtpPost({ from, credentials, ...settings }: SmtpSettings): Post {
  const transport = createTransport({
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    requireTLS: credentials !== null && !LOOPBACK.test(settings.host),
    ...(credentials && { auth: { user: credentials.user, pass: credentials.password } }),
    dnsTimeout: SILENCE_LIMIT_MS,
    connectionTimeout: SILENCE_LIMIT_MS,
    greetingTimeout: SILENCE_LIMIT_MS,
    socketTimeout: SILENCE_LIMIT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async (mail, signal) => {
    await transport.sendMail({
      ...mail,
      from: { name: oneLine(mail.from.name), address: from },
      to: { name: oneLine(mail.to.name), address: mail.to.address },
      subject: oneLine(mail.subject),
      // No out-of-office reply is wanted (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIME_LIMIT_MS)]),
    });
  };
}

/** A header is one line, whatever someone has put into a name. */
export const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

interface SmtpError extends Error {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/**
 * What went wrong, for the log. What a server answers is left out but for its code: it may repeat what
 * it was told, credentials and addresses included.
 */
export function describeSmtpError(error: unknown): string {
  const { code, command, message, response, responseCode } = error as SmtpError;
  if (response === undefined && responseCode === undefined)
    return `${code ?? 'failed'}: ${message}`;
  return `the server answered ${responseCode ?? 'nothing that is SMTP'} to ${command ?? 'the greeting'}`;
}
