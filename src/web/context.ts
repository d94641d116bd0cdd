import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Clock } from '../core/clock.ts';
import type { Network } from '../core/egress-guard.ts';
import type { Redelivery } from '../core/redelivery.ts';
import type { Site } from '../core/render.ts';
import type { Reports } from '../core/reports.ts';
import type { SignIn } from '../core/sign-in.ts';
import type { SourceActions } from '../core/source-actions.ts';
import type { WebhookActions } from '../core/webhooks.ts';
import type { Store } from '../store/store.ts';

/** What the pages work with. */
export interface WebContext {
  store: Store;
  clock: Clock;
  signIn: SignIn;
  webhooks: WebhookActions;
  redelivery: Redelivery;
  reports: Reports;
  sources: SourceActions;
  /** Told that the dispatcher must look at this webhook again. */
  changed: (webhookId: number) => void;
  site: Site;
  /** Blocks that webhooks may reach besides the public internet. */
  allowNetworks: readonly Network[];
  /** Whether e-mails go out: there is a server that takes them. */
  sendsMail: boolean;
  /** How long messages are kept. */
  retentionDays: number;
  log: Logger;
  /** Signs cookies. */
  cookieKey: Buffer;
}

/** The part of the server that answers with pages: every route asks for a session unless it is `open`. */
export type Pages = FastifyInstance;

/** The number in a path such as `/webhooks/12`; -1, which nothing has, for any other text. */
export const idFrom = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : -1);
