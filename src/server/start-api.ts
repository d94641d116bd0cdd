import type { Logger } from 'pino';
import type { Clock } from '../core/clock.ts';
import { Intake } from '../core/intake.ts';
import { Redelivery } from '../core/redelivery.ts';
import type { Site } from '../core/render.ts';
import { Sender } from '../core/sender.ts';
import { SignIn } from '../core/sign-in.ts';
import { SourceActions } from '../core/source-actions.ts';
import { SourceIntake } from '../core/source-intake.ts';
import { SourceNotes } from '../core/source-notes.ts';
import { WebhookActions } from '../core/webhooks.ts';
import { type StoreConfig, secretBoxOf } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { Api } from './api/context.ts';
import { buildApp } from './app.ts';
import type { Config } from './config.ts';
import type { Metrics } from './metrics.ts';
import { ThreadReports } from './reports/thread-reports.ts';

export interface ApiOptions {
  config: Config;
  store: Store;
  place: StoreConfig;
  clock: Clock;
  site: Site;
  metrics: Metrics;
  version: string;
  log: Logger;
  /** Told after the commit which webhooks have something due, and by when. */
  wake: (due: Map<number, number>) => void;
  /** Told that whoever delivers must look at this webhook again. */
  changed: (webhookId: number) => void;
}

/** Puts together what takes messages in and answers people and programs; it does not listen yet. */
export async function startApi(
  options: ApiOptions,
): Promise<{ app: Api /** After the last request. */; stop: () => Promise<void> }> {
  const { config, store, place, clock, site, metrics, version, log, wake, changed } = options;
  const sender = new Sender(config.allowNetworks);
  const intake = new Intake({ store, clock, wake, changed });
  const notes = new SourceNotes({
    store,
    clock,
    onError: (error) => log.warn({ err: error }, 'noting what sources sent failed'),
  });
  const reports = new ThreadReports({
    store: place,
    clock,
    site,
    onError: (error) => log.warn({ err: error }, 'a report failed'),
  });
  const app = await buildApp(
    {
      ...{ store, clock, intake, reports, changed, site, metrics, version },
      webhooks: new WebhookActions({ store, clock, sender, changed }),
      redelivery: new Redelivery({ store, clock, sender, changed, site }),
      sources: new SourceActions({ store, clock, notes }),
      sourceIntake: new SourceIntake({ store, clock, intake, notes }),
      allowNetworks: config.allowNetworks,
      sendsMail: config.smtp !== null,
      retentionDays: config.retentionDays,
      metricsToken: config.metricsToken,
      signIn: new SignIn({ store, clock }),
      cookieKey: secretBoxOf(place).derive('cookies'),
    },
    log,
  );
  const stop = async () => {
    await Promise.all([reports.stop(), notes.stop()]);
    await sender.close();
  };
  return { app, stop };
}
