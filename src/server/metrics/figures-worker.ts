// The thread that counts what the metrics need of the store: once, and then it ends.
import { parentPort, workerData } from 'node:worker_threads';
import { countFigures, type StoreConfig } from '../../store/open.ts';

parentPort?.postMessage(await countFigures(workerData as StoreConfig));
