import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { HttpReceiver } from '../support/http-receiver.ts';
import { Program } from '../support/program.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SCRIPT = fileURLToPath(new URL('../support/silent-names.ts', import.meta.url));
const MOUNT = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';

test('names that no name server answers for keep no other name from being looked up', async () => {
  const receiver = await HttpReceiver.start();
  const resolvConf = join(tempFolder(), 'resolv.conf');
  writeFileSync(resolvConf, 'nameserver 127.0.0.1\n');
  const url = receiver.url('/healthy').replace('127.0.0.1', 'localhost');
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', SCRIPT, url, '20'];
  const program = new Program('unshare', ['-m', 'sh', '-c', MOUNT, resolvConf, ...node], {
    env: { UV_THREADPOOL_SIZE: '64' },
  });
  await program.printed(/^healthy: ok$/m);
  expect(program.stdout).not.toMatch(/silent:/);
  program.signal('SIGKILL');
  await program.ended();
  await receiver.stop();
});
