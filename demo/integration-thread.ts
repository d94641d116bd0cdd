// Runs the unpacked integration's handler and answers calls with their results.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

const { handler } = await import(workerData as string);
const port = parentPort as MessagePort;

port.on('message', ({ call, method, bundle }) => {
  handler({ command: 'execute', method, bundle }).then(
    ({ results }: { results: unknown }) => port.postMessage({ call, results }),
    (error: Error) => port.postMessage({ call, error: error.message }),
  );
});
