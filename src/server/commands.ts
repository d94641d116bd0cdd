import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { addKey, HINT_LENGTH, hashKey, makeKey } from '../core/api-keys.ts';
import { makeLink } from '../core/sign-in.ts';
import { StoreError } from '../store/errors.ts';
import { openStore, type StoreConfig } from '../store/open.ts';
import { setUp } from '../store/postgres/set-up.ts';
import { backUpFolder } from '../store/sqlite/backup.ts';
import { databasePath } from '../store/sqlite/data-folder.ts';
import { refuseMoved } from '../store/sqlite/moved-mark.ts';
import type { Store } from '../store/store.ts';
import { keySourceOf } from '../store/take.ts';
import { CommandError } from './command-error.ts';
import { type Config, ConfigError, emailSchema, loadDotEnv, readConfig, urlOf } from './config.ts';
import { linkTo } from './first-start.ts';
import { migrateStore } from './migrate-store.ts';

/** The command line: `npm run pakiet -- …`. Works while the server is running, too. */
export async function runCommand(argv: string[]): Promise<void> {
  const program = new Command('npm run pakiet --');
  program.description('Manages workspaces, passwords and API keys, and makes backups.');

  const workspace = program.command('workspace').description('Workspaces');
  workspace
    .command('create')
    .description('Create a workspace, with a first API key and a link to choose a password')
    .argument('<name>', 'name of the workspace')
    .option('--owner-name <name>', 'full name of its owner', '')
    .option('--owner-email <email>', 'e-mail address of its owner', '')
    .action(async (name: string, options: { ownerName: string; ownerEmail: string }) => {
      if (name.trim() === '') throw new CommandError('Give the workspace a name.');
      if (!emailSchema.safeParse(options.ownerEmail).success) {
        throw new CommandError(`"${options.ownerEmail}" is not an e-mail address.`);
      }
      await withStore(async (store) => {
        const { id } = await store.transaction((tx) => tx.workspaces.create({ name, ...options }));
        console.log(`Created workspace ${id}, "${name}".`);
        await createKey(store, id);
        await showLink(store, id);
      });
    });

  workspace
    .command('list')
    .description('List the workspaces: number and name')
    .action(async () => {
      await withStore(async (store) => {
        for (const id of await store.read.workspaces.ids()) console.log(await named(store, [id]));
      });
    });

  const key = program.command('key').description('API keys');
  key
    .command('create')
    .description('Create an API key; it is shown once')
    .option('--workspace <id>', 'the workspace, where there is more than one')
    .action(async (options: { workspace?: string }) => {
      await withStore(async (store) =>
        createKey(store, await theWorkspace(store, options.workspace)),
      );
    });
  key
    .command('list')
    .description('List the API keys: how each begins, its workspace, when it was made')
    .action(async () => {
      await withStore(listKeys);
    });
  key
    .command('revoke')
    .description('Revoke an API key at once')
    .argument(
      '<key>',
      `the key, or as many of its first ${HINT_LENGTH} characters as tell it from the others`,
    )
    .action(async (text: string) => {
      await withStore((store) => revokeKey(store, text));
    });

  program
    .command('password')
    .description('Passwords of the settings page')
    .command('reset')
    .description('Make a one-time link by which the owner chooses a new password')
    .option('--workspace <id>', 'the workspace, where there is more than one')
    .action(async (options: { workspace?: string }) => {
      await withStore(async (store) =>
        showLink(store, await theWorkspace(store, options.workspace)),
      );
    });

  program
    .command('backup')
    .description('Copy the data folder, also while the server is running')
    .argument('<folder>', 'where the copy goes: a folder that does not exist yet')
    .action(async (folder: string) => {
      loadDotEnv();
      const config = readConfig(process.env);
      if (config.databaseUrl !== null) {
        throw new CommandError(
          'The data is in PostgreSQL: back it up with pg_dump, and keep the key to its secrets (PAKIET_SECRET_KEY, or secret.key in the data folder) with it. Nothing was written.',
        );
      }
      const to = resolve(folder);
      const from = dataFolder(config);
      refuseMoved(from);
      await backUpFolder(from, to);
      console.log(
        `Backed up to ${to}. To restore it, stop the server and start it on a copy of that folder.`,
      );
    });

  program
    .command('migrate-store')
    .description('Move the data folder into PostgreSQL, while the server is stopped')
    .option('--to <url>', 'the database, if it is not that of DATABASE_URL')
    .option('--start-over', 'throw away what an unfinished move has left in that database', false)
    .action(async (options: { to?: string; startOver: boolean }) => {
      loadDotEnv();
      const config = readConfig(process.env);
      await migrateStore({ config, folder: dataFolder(config), ...options });
    });

  try {
    await program.parseAsync(argv);
  } catch (error) {
    const isOurs =
      error instanceof CommandError || error instanceof ConfigError || error instanceof StoreError;
    console.error(isOurs ? error.message : error);
    process.exitCode = 1;
  }
}

/** Where the server keeps its data. */
async function place(): Promise<StoreConfig> {
  loadDotEnv();
  const config = readConfig(process.env);
  const { databaseUrl } = config;
  if (databaseUrl === null) {
    const folder = dataFolder(config);
    refuseMoved(folder);
    return { kind: 'sqlite', folder };
  }
  const key = await setUp(databaseUrl, {
    ...keySourceOf(config),
    make: () => {
      throw new CommandError(
        'There is no data in the database of DATABASE_URL yet: start the server once (npm start).',
      );
    },
  });
  return { kind: 'postgres', url: databaseUrl, key };
}

function dataFolder({ dataDir }: Config): string {
  if (!existsSync(databasePath(dataDir))) {
    throw new CommandError(
      `There is no data in ${dataDir} yet: start the server once (npm start), or set PAKIET_DATA_DIR.`,
    );
  }
  return dataDir;
}

async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const store = await openStore(await place());
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

async function createKey(store: Store, workspaceId: number): Promise<void> {
  const key = makeKey();
  await addKey(store, workspaceId, key, Date.now());
  console.log(`API key of workspace ${workspaceId}, shown only this once:\n\n  ${key}\n`);
}

/** The link is all that is needed to get in, so it goes to nobody but whoever ran the command. */
async function showLink(store: Store, workspaceId: number): Promise<void> {
  const { publicUrl, host, port } = readConfig(process.env);
  const link = await makeLink(store, workspaceId, Date.now());
  console.log(
    `Link by which the owner of workspace ${workspaceId} chooses a password, once, within a day:\n\n  ${linkTo(publicUrl ?? urlOf(host, port), link)}\n`,
  );
}

async function theWorkspace(store: Store, given: string | undefined): Promise<number> {
  const ids = await store.read.workspaces.ids();
  if (given !== undefined) {
    const id = ids.find((candidate) => String(candidate) === given);
    if (id === undefined) throw new CommandError(`There is no workspace ${given}.`);
    return id;
  }
  const [only, another] = ids;
  if (only === undefined || another !== undefined) {
    throw new CommandError(
      `Say which with --workspace: there are ${ids.length} workspaces (${await named(store, ids)}).`,
    );
  }
  return only;
}

async function named(store: Store, ids: number[]): Promise<string> {
  const found = await Promise.all(ids.map((id) => store.read.workspaces.get(id)));
  return found.map((workspace) => `${workspace?.id}: "${workspace?.name}"`).join(', ');
}

/** A line for each key, with as much of it as is kept, which is what `key revoke` takes. */
async function listKeys(store: Store): Promise<void> {
  const keys = await store.read.workspaces.keys();
  if (keys.length === 0) console.log('There are no API keys.');
  for (const { hint, workspaceId, createdAt } of keys) {
    const made = new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ');
    const workspace = await named(store, [workspaceId]);
    console.log(`${hint.padEnd(HINT_LENGTH)}  made ${made} UTC  workspace ${workspace}`);
  }
}

async function revokeKey(store: Store, text: string): Promise<void> {
  // An empty shell variable must not revoke the only key there is.
  if (text === '') throw new CommandError('Say which key: this one is empty. Nothing was revoked.');
  const keys = await store.read.workspaces.keys();
  const hash = hashKey(text);
  const matching = keys.filter((key) => key.hash === hash || key.hint.startsWith(text));
  const [found, another] = matching;
  if (!found) {
    throw new CommandError(
      `There is no such key; nothing was revoked. Give the whole key, or at most its first ${HINT_LENGTH} characters.`,
    );
  }
  if (another) {
    throw new CommandError('More than one key begins so: give the whole key. Nothing was revoked.');
  }
  await store.transaction((tx) => tx.workspaces.removeKey(found.hash));
  console.log(`Revoked the key that begins with ${found.hint}.`);
}
