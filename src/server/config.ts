import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { type Network, parseNetwork } from '../core/egress-guard.ts';
import type { SmtpSettings } from '../core/smtp.ts';

/** What is wrong with the configuration, in one sentence for whoever starts the server. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

const port = z
  .string()
  .regex(/^\d+$/, 'is not a port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'is not a port number (0 to 65535)');

const publicUrl = z.string().transform((text, context) => {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) {
    context.addIssue('is not an http or https address such as https://pakiet.example.com');
    return z.NEVER;
  }
  return url.href.replace(/\/+$/, '');
});

const networks = z.string().transform((text, context): Network[] => {
  const blocks = text
    .split(',')
    .map((block) => block.trim())
    .filter(Boolean);
  return blocks.flatMap((block) => {
    try {
      return [parseNetwork(block)];
    } catch {
      context.addIssue(`has "${block}", which is not an address block such as 10.0.0.0/8`);
      return [];
    }
  });
});

const retentionDays = z
  .string()
  .regex(/^\d+$/, 'is not a whole number of days')
  .transform(Number)
  .refine((days) => days >= 1 && days <= 3650, 'must be from 1 to 3650 days');

/** Its parts are never repeated in a message: one of them is a password. */
const smtpUrl = z.string().transform((text, context): Omit<SmtpSettings, 'from'> => {
  const url = URL.parse(text);
  const rest = url && `${url.pathname}${url.search}${url.hash}`;
  try {
    if (!url?.hostname || !/^smtps?:$/.test(url.protocol) || !/^\/?$/.test(rest ?? '')) throw url;
    const secure = url.protocol === 'smtps:';
    const user = decodeURIComponent(url.username);
    const password = decodeURIComponent(url.password);
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port ? Number(url.port) : secure ? 465 : 587,
      secure,
      credentials: user ? { user, password } : null,
    };
  } catch {
    context.addIssue('is not an address such as smtps://user:password@mail.example.com');
    return z.NEVER;
  }
});

const apiKey = z
  .string()
  .regex(/^[\x21-\x7e]{16,256}$/, 'must be 16 to 256 printable characters without spaces');

/** An e-mail address, or nothing. */
export const emailSchema = z.union([z.literal(''), z.email('is not an e-mail address').max(320)]);

/** It is never repeated in a message: it has a password in it. */
const databaseUrl = z.string().transform((text, context) => {
  const url = URL.parse(text);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    context.addIssue('is not an address such as postgres://user:password@db.example.com/pakiet');
    return z.NEVER;
  }
  if (url.searchParams.has('schema')) {
    context.addIssue('does not name a schema by ?schema=…: write ?options=-c%20search_path%3D…');
    return z.NEVER;
  }
  try {
    decodeURIComponent(text);
  } catch {
    context.addIssue('has a % that stands for itself, as in a password: write it as %25');
    return z.NEVER;
  }
  return text;
});

const KEY_BYTES = 32;

const secretKey = z.string().transform((text, context) => {
  const key = Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES || !/^[A-Za-z0-9+/]+=*$/.test(text)) {
    context.addIssue(
      `is not ${KEY_BYTES} bytes in base64, as \`openssl rand -base64 32\` makes them`,
    );
    return z.NEVER;
  }
  return key;
});

/** The variables, by name; the README's table lists them. */
export const variablesSchema = z.object({
  PORT: port.default(8080),
  HOST: z.string().default('127.0.0.1'),
  PAKIET_DATA_DIR: z.string().default('./data'),
  DATABASE_URL: databaseUrl.optional(),
  PAKIET_SECRET_KEY: secretKey.optional(),
  PAKIET_PUBLIC_URL: publicUrl.optional(),
  PAKIET_PRODUCT_NAME: z.string().max(100, 'is longer than 100 characters').default('Pakiet'),
  PAKIET_API_KEY: apiKey.optional(),
  PAKIET_OWNER_NAME: z.string().max(200, 'is longer than 200 characters').default(''),
  PAKIET_OWNER_EMAIL: emailSchema.default(''),
  PAKIET_ALLOW_NETWORKS: networks.default([]),
  PAKIET_RETENTION_DAYS: retentionDays.default(30),
  SMTP_URL: smtpUrl.optional(),
  PAKIET_MAIL_FROM: z.email('is not an e-mail address').max(320).optional(),
  PAKIET_METRICS_TOKEN: apiKey.optional(),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'is not one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
});

/** What a process does: take messages in and answer people and programs (api), deliver (dispatcher), or both. */
export const ROLES = ['all', 'api', 'dispatcher'] as const;
export type Role = (typeof ROLES)[number];

/** The settings as the program uses them. */
export interface Config {
  role: Role;
  port: number;
  host: string;
  dataDir: string;
  /** Of PostgreSQL; null where the data is in the data folder. */
  databaseUrl: string | null;
  /** To the secrets in PostgreSQL; null where the data folder has it. */
  secretKey: Buffer | null;
  /** Where people reach this server, without a slash at the end; null = where it listens. */
  publicUrl: string | null;
  productName: string;
  apiKey: string | null;
  ownerName: string;
  ownerEmail: string;
  allowNetworks: Network[];
  retentionDays: number;
  /** Null where no e-mail is to be sent. */
  smtp: SmtpSettings | null;
  /** Opens /metrics; null where it is not served. */
  metricsToken: string | null;
  logLevel: string;
}

/**
 * Reads the configuration. A variable that is set but empty counts as not set.
 * @throws {ConfigError} naming every variable that is wrong
 */
export function readConfig(env: NodeJS.ProcessEnv, role: Role = 'all'): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = variablesSchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${String(path[0])} ${message}`,
    );
    throw new ConfigError(`The configuration is wrong: ${problems.join('; ')}.`);
  }
  const values = parsed.data;
  if (role !== 'all' && !values.DATABASE_URL) {
    throw new ConfigError(
      `--role ${role} needs DATABASE_URL: a data folder is for one process, which does everything.`,
    );
  }
  return {
    role,
    port: values.PORT,
    host: values.HOST,
    dataDir: values.PAKIET_DATA_DIR,
    databaseUrl: values.DATABASE_URL ?? null,
    secretKey: values.PAKIET_SECRET_KEY ?? null,
    publicUrl: values.PAKIET_PUBLIC_URL ?? null,
    productName: values.PAKIET_PRODUCT_NAME,
    apiKey: values.PAKIET_API_KEY ?? null,
    ownerName: values.PAKIET_OWNER_NAME,
    ownerEmail: values.PAKIET_OWNER_EMAIL,
    allowNetworks: values.PAKIET_ALLOW_NETWORKS,
    retentionDays: values.PAKIET_RETENTION_DAYS,
    smtp: smtpOf(values),
    metricsToken: values.PAKIET_METRICS_TOKEN ?? null,
    logLevel: values.LOG_LEVEL,
  };
}

function smtpOf({
  SMTP_URL: server,
  PAKIET_MAIL_FROM: from,
}: z.infer<typeof variablesSchema>): SmtpSettings | null {
  if (server && !from) {
    throw new ConfigError(
      'The configuration is wrong: SMTP_URL needs PAKIET_MAIL_FROM, the address that e-mails come from.',
    );
  }
  return server && from ? { ...server, from } : null;
}

/** Takes settings from a `.env` file of the working folder, where there is one; the environment wins. */
export function loadDotEnv(): void {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new ConfigError(`The file .env cannot be read: ${(error as Error).message}.`);
    }
  }
}

/** Where a server that listens there is reached from its own machine. */
export function urlOf(host: string, port: number): string {
  const anywhere = host === '0.0.0.0' || host === '::';
  const name = anywhere ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
