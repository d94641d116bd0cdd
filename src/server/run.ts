import { systemClock } from '../core/clock.ts';
import { StoreError } from '../store/errors.ts';
import { ConfigError, loadDotEnv, readConfig } from './config.ts';
import { type StartOptions, startServer } from './start.ts';

/** How long a stop may take before the process ends all the same. */
const STOP_LIMIT_MS = 15_000;

/**
 * Runs the server until SIGTERM or SIGINT.
 * @param options what a test may replace: the clock, and the module of the dispatcher's thread
 */
export async function run(
  options: Pick<StartOptions, 'clock' | 'dispatcherEntry'> = {
    clock: systemClock,
    dispatcherEntry: new URL('./dispatcher-worker.js', import.meta.url),
  },
): Promise<void> {
  try {
    loadDotEnv();
    const server = await startServer({
      ...options,
      config: readConfig(process.env),
      print: (text) => process.stdout.write(text),
      onDeath: (error) => {
        console.error('The server cannot go on:', error);
        process.exit(1);
      },
    });
    const stop = () => {
      setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
      server.stop().then(
        () => process.exit(0),
        (error) => {
          console.error('Stopping failed:', error);
          process.exit(1);
        },
      );
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  } catch (error) {
    const isOurs = error instanceof ConfigError || error instanceof StoreError;
    console.error(isOurs ? error.message : error);
    process.exit(1);
  }
}
