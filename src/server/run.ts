import { Command, Option } from 'commander';
import { systemClock } from '../core/clock.ts';
import { StoreError } from '../store/errors.ts';
import { ConfigError, loadDotEnv, ROLES, type Role, readConfig } from './config.ts';
import { type RunningServer, type StartOptions, startServer } from './start.ts';

/** How long a stop may take before the process ends all the same. */
const STOP_LIMIT_MS = 25_000;

/**
 * Runs the server until SIGTERM or SIGINT.
 * @param options what a test may replace: the clock, and the module of the dispatcher's thread
 */
export async function run(
  options: Pick<StartOptions, 'clock' | 'dispatcherEntry' | 'leaseMs'> = {
    clock: systemClock,
    dispatcherEntry: new URL('./dispatcher-worker.js', import.meta.url),
  },
): Promise<void> {
  try {
    loadDotEnv();
    const starting = startServer({
      ...options,
      config: readConfig(process.env, roleOf(process.argv)),
      print: (text) => process.stdout.write(text),
      onDeath: (error) => {
        console.error('The server cannot go on:', error);
        process.exit(1);
      },
    });
    let stopping = false;
    const stop = () => {
      // Ctrl-C under npm arrives twice: from the terminal, and handed on by npm.
      if (stopping) return;
      stopping = true;
      setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
      // One that is still starting is stopped once it has started.
      starting.then(stopServer, () => {});
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    await starting;
  } catch (error) {
    const isOurs = error instanceof ConfigError || error instanceof StoreError;
    console.error(isOurs ? error.message : error);
    process.exit(1);
  }
}

function roleOf(argv: readonly string[]): Role {
  const role = new Option('--role <role>', 'what this process does of it all')
    .choices(ROLES)
    .default('all');
  const program = new Command('npm start --').description('Starts the server.').addOption(role);
  return program.parse(argv).opts<{ role: Role }>().role;
}

function stopServer(server: RunningServer): void {
  server.stop().then(
    () => process.exit(0),
    (error) => {
      console.error('Stopping failed:', error);
      process.exit(1);
    },
  );
}
