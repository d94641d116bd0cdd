// The whole path on real input: a conversation goes in over HTTP and comes out at two Zaps.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpReceiver } from '../test/support/http-receiver.ts';
import { ServerProcess } from '../test/support/server-process.ts';
import { showBroken } from './broken.ts';
import { showDelivery } from './delivery.ts';

const folder = mkdtempSync(join(tmpdir(), 'pakiet-demo-'));
const receiver = await HttpReceiver.start();
const server = await ServerProcess.start(join(folder, 'data'), {
  PAKIET_OWNER_NAME: 'Jane Smith',
  PAKIET_OWNER_EMAIL: 'jane@acme.example',
  LOG_LEVEL: 'error',
});
try {
  if (process.argv.includes('--broken')) await showBroken(server, receiver);
  else await showDelivery(server, receiver, join(folder, 'integration'));
} finally {
  await server.stop();
  await receiver.stop();
  rmSync(folder, { recursive: true, force: true });
}
