import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const DEBIANS = '/usr/lib/postgresql';
const START_LIMIT_MS = 60_000;
const SETTINGS = {
  // Nothing but the socket in its folder: it can be in nobody's way, and nobody in its.
  listen_addresses: '',
  max_connections: '300',
  shared_buffers: '64MB',
  log_checkpoints: 'off',
};

/** Where the programs of a PostgreSQL server are; null where this machine has none. */
function programs(): string | null {
  const debians = existsSync(DEBIANS) ? readdirSync(DEBIANS).sort((a, b) => +b - +a) : [];
  const folders = [
    ...debians.map((version) => join(DEBIANS, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** A PostgreSQL server of the tests' own, in a temporary folder, which they may restart as they like. */
export class OwnPostgres {
  readonly #programs: string;
  readonly #folder: string;
  readonly #user: { uid: number; gid: number } | Record<string, never>;
  #server: ChildProcess | null = null;
  readonly #killed = () => this.#server?.kill('SIGQUIT');

  private constructor(where: string, folder: string) {
    this.#programs = where;
    this.#folder = folder;
    // It refuses to work for root.
    this.#user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  }

  /** Whether this machine can run one. */
  static get isThere(): boolean {
    return programs() !== null;
  }

  static async start(): Promise<OwnPostgres> {
    const where = programs();
    if (!where)
      throw new Error('This machine has no PostgreSQL server: apt-get install postgresql');
    const own = new OwnPostgres(where, mkdtempSync(join(tmpdir(), 'pakiet-postgres-')));
    await own.#create();
    await own.#start();
    process.once('exit', own.#killed);
    return own;
  }

  /** The URL of a database of it. @param options of the connection */
  url(options: Record<string, string> = {}): string {
    const url = new URL('postgres:///postgres');
    url.search = String(new URLSearchParams({ host: this.#folder, user: 'postgres', ...options }));
    return url.href;
  }

  /** Fast: connections are ended. Immediate: as if the machine had failed, and it recovers from its log. */
  async restart(how: 'fast' | 'immediate'): Promise<void> {
    await this.#end(how);
    await this.#start();
  }

  /** Goes on as a replica does: it can be read, and written to no more. */
  async becomeReplica(): Promise<void> {
    await this.#end('fast');
    writeFileSync(join(this.#data, 'standby.signal'), '');
    await this.#start();
  }

  async stop(): Promise<void> {
    process.off('exit', this.#killed);
    await this.#end('immediate');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #create(): Promise<void> {
    const { uid, gid } = this.#user;
    chmodSync(this.#folder, 0o700);
    if (uid !== undefined && gid !== undefined) chownSync(this.#folder, uid, gid);
    const options = ['-D', this.#data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N'];
    await promisify(execFile)(join(this.#programs, 'initdb'), [...options, '--locale=C.UTF-8'], {
      cwd: this.#folder,
      ...this.#user,
    });
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  async #start(): Promise<void> {
    const settings = { ...SETTINGS, unix_socket_directories: this.#folder };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = spawn(join(this.#programs, 'postgres'), ['-D', this.#data, ...options], {
      cwd: this.#folder,
      stdio: 'ignore',
      ...this.#user,
    });
    this.#server = server;
    for (const from = Date.now(); !(await this.#answers()); await pause(20)) {
      if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`);
      if (Date.now() - from > START_LIMIT_MS) throw new Error('PostgreSQL does not answer');
    }
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url() });
    client.on('error', () => {});
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  }

  async #end(how: 'fast' | 'immediate'): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }
}

const idOf = (what: '-u' | '-g') =>
  Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }));
