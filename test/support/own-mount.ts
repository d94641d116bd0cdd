import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Program, SERVER } from './program.ts';
import { API_KEY } from './server-process.ts';
import { tempFolder } from './temp-folder.ts';

/** Says what a machine does not let us test; in CI that is a failure. */
function cannot(what: string): false {
  if (process.env.CI)
    throw new Error(`${what}: run the tests as root, on a disk of ext4 or the like`);
  console.warn(`Not tested: ${what}`);
  return false;
}

/** Whether we may mount, in a namespace of our own that ends with its process. */
export function canMount(): boolean {
  const { status } = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return status === 0 || cannot('a full disk, for want of the right to mount');
}

/**
 * Makes files read-only under the programs that have them open, and writable again. The kernel does so
 * to a whole file system after a disk's error, but that one cannot be taken back, and remounting refuses
 * while a file is open for writing. To SQLite both are the same: SQLITE_IOERR_WRITE.
 */
export function setReadOnly(is: boolean, files: string[]): boolean {
  return spawnSync('chattr', [is ? '+i' : '-i', ...files]).status === 0;
}

/** Whether that works here. */
export function canSetReadOnly(): boolean {
  const file = join(tempFolder(), 'probe');
  const open = openSync(file, 'w');
  let works = setReadOnly(true, [file]);
  try {
    writeSync(open, 'x');
    works = false;
  } catch {
    // As it should be.
  }
  setReadOnly(false, [file]);
  closeSync(open);
  return works || cannot('a read-only disk, for want of chattr +i');
}

/** A real server whose data folder is a small disk of its own, which nobody else sees. */
export class OwnMountServer {
  readonly #program: Program;
  readonly #folder = tempFolder();
  #pid = '';
  url = '';

  private constructor(size: string) {
    const env = {
      PORT: '0',
      PAKIET_DATA_DIR: this.#folder,
      PAKIET_API_KEY: API_KEY,
      PAKIET_ALLOW_NETWORKS: '127.0.0.0/8',
    };
    // The shell becomes the server: one process, and its mount ends with it.
    const script =
      'mount -t tmpfs -o size="$0" tmpfs "$PAKIET_DATA_DIR" && echo pid $$ && exec "$@"';
    const server = [process.execPath, '--disable-warning=ExperimentalWarning', SERVER];
    this.#program = new Program('unshare', ['-m', 'sh', '-c', script, size, ...server], { env });
  }

  /** @param size of the disk, such as `16m` */
  static async start(size: string): Promise<OwnMountServer> {
    const server = new OwnMountServer(size);
    server.#pid = (await server.#program.printed(/^pid (\d+)$/m))[1] as string;
    server.url = (await server.#program.printed(/listens on (\S+)/))[1] as string;
    return server;
  }

  get output(): string {
    return this.#program.stdout + this.#program.stderr;
  }

  /** Path of a file of the data folder, as this process sees it. */
  path(name: string): string {
    return `/proc/${this.#pid}/root${this.#folder}/${name}`;
  }

  async stop(): Promise<number | null> {
    this.#program.signal('SIGTERM');
    return (await this.#program.ended()).code;
  }
}
