// A receiver as bare as Node makes them, in a process of its own: it reads a request to its end, notes its
// webhook-id, and answers 200. What else it may do is asked for by the path, or by how it is told to count.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monotonicMs } from './monotonic.ts';
import type { Counting, ReceiverQuestion, Tally } from './receiver.ts';

const DRIP_MS = 400;

let counting: Counting = 'requests';
let requests = 0;
let messages = 0;
let ids: (string | undefined)[] = [];
let latencies: { at: number; ms: number }[] = [];
let paths = new Map<string, number>();
let firstAt = 0;
let lastAt = 0;
let sample = '';
/** Who waits for how many requests. */
let waiting: { count: number; resolve: () => void } | null = null;

/** Answers that never end, until whoever waits for them is let go. */
const hanging = new Set<ServerResponse>();
let holdsOn = true;

function letGo(): void {
  holdsOn = false;
  for (const response of hanging) response.destroy();
  hanging.clear();
}

function begin(next: Counting): void {
  counting = next;
  holdsOn = true;
  requests = 0;
  messages = 0;
  ids = [];
  latencies = [];
  paths = new Map();
  firstAt = 0;
  lastAt = 0;
  sample = '';
}

const tally = (): Tally => ({
  requests,
  messages,
  distinct: new Set(ids).size,
  firstAt,
  lastAt,
  latencies,
  paths,
  sample,
});

function count({ headers, url }: IncomingMessage, body: string): void {
  lastAt = monotonicMs();
  if (requests === 0) firstAt = lastAt;
  requests += 1;
  ids.push(headers['webhook-id'] as string | undefined);
  if (counting === 'messages') messages += body.split('"message_id":').length - 1;
  else if (counting === 'latencies') {
    const sentAt = Number(/"text":"@([\d.]+) /.exec(body)?.[1]);
    if (sentAt) latencies.push({ at: sentAt, ms: lastAt - sentAt });
  } else if (counting === 'paths') {
    paths.set(url as string, (paths.get(url as string) ?? 0) + 1);
  }
  if (requests === waiting?.count) waiting.resolve();
}

const fail = (response: ServerResponse) => void response.writeHead(500).end('broken');

/** Receivers that are out of order, each in its own way. */
const FAULTS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/500': fail,
  '/hang': (response) => void hanging.add(response),
  '/drip': (response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    hanging.add(response);
    const drip = setInterval(() => response.write('.'), DRIP_MS);
    response.on('close', () => clearInterval(drip));
  },
};

const needsBody = () => counting === 'messages' || counting === 'latencies' || !sample;

const server = createServer((request, response) => {
  const fault = FAULTS[request.url as string];
  if (fault) {
    request.resume().on('end', () => (holdsOn ? fault(response) : fail(response)));
    return;
  }
  if (needsBody()) {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      sample ||= body;
      count(request, body);
      response.end('ok');
    });
  } else {
    request.resume().on('end', () => {
      count(request, '');
      response.end('ok');
    });
  }
});

process.on('disconnect', () => process.exit());
process.on('message', async (question: ReceiverQuestion) => {
  if (question.kind === 'begin') {
    begin(question.counting);
  } else if (question.kind === 'let go') {
    letGo();
  } else if (question.kind === 'reached' && requests < question.count) {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting = { count: question.count, resolve };
    const limit = setTimeout(resolve, question.limitMs);
    await promise;
    clearTimeout(limit);
    waiting = null;
  }
  process.send?.(tally());
});

server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.({ ...tally(), port: (server.address() as AddressInfo).port });
