import { X509Certificate } from 'node:crypto';
import { isIPv6, type Socket } from 'node:net';
import { checkServerIdentity as nodesCheck, type PeerCertificate } from 'node:tls';
import { Agent, type buildConnector, Client, type Dispatcher, Pool } from 'undici';

/**
 * A receiver may send so much in answer to one request, headers, framing and all. What is kept of an answer
 * comes nowhere near it; without it hints, chunk extensions or a reason phrase without end would keep the
 * parser busy until the time limit.
 */
const ANSWER_LIMIT_BYTES = 256 * 1024;

/** A receiver that answers without end, in a part of the answer that is not its body. */
export class EndlessAnswerError extends Error {
  constructor() {
    super('The answer goes on without end, and not in its body');
    this.name = 'EndlessAnswerError';
  }
}

/** What a connection says of a request that goes over it; handed along as the request's `opaque`. */
export interface Trip {
  /** Whether the connection had served another request before. */
  reused: boolean;
}

type ConnectionOptions = Agent.Options & { connect: buildConnector.BuildOptions };

/** One kept-alive connection of a pool: it bounds what it reads and tells which requests reuse it. */
class Connection extends Client {
  #socket: Socket | null = null;
  #readBefore = 0;

  constructor(origin: URL, options: Client.Options) {
    const open = options.connect as buildConnector.connector;
    super(origin, {
      ...options,
      connect: (to, callback) =>
        open(to, (...outcome) => {
          if (outcome[1]) this.#bound(outcome[1]);
          callback(...outcome);
        }),
    });
  }

  #bound(socket: Socket): void {
    this.#socket = socket;
    this.#readBefore = 0;
    socket.on('readable', () => {
      if (socket.bytesRead - this.#readBefore > ANSWER_LIMIT_BYTES) {
        socket.destroy(new EndlessAnswerError());
      }
    });
  }

  override dispatch(
    options: Dispatcher.DispatchOptions & { opaque?: Trip },
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    // The first request to a connection is what makes it connect.
    if (options.opaque) options.opaque.reused = this.#socket?.destroyed === false;
    this.#readBefore = this.#socket?.bytesRead ?? 0;
    return super.dispatch(options, handler);
  }
}

/**
 * Whether a certificate is for the host, as Node sees it; but Node 22.23 takes no certificate to be for an
 * IPv6 address (https://github.com/nodejs/node/issues/64144).
 */
function checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const isForAddress = isIPv6(host) && new X509Certificate(certificate.raw).checkIP(host);
  return isForAddress ? undefined : nodesCheck(host, certificate);
}

/** Connections by origin, as many as there are requests under way. */
export function connections({ connect, ...options }: ConnectionOptions): Agent {
  return new Agent({
    ...options,
    connect: { checkServerIdentity, ...connect },
    factory: (origin, given) =>
      new Pool(origin, { ...given, factory: (to, its) => new Connection(to, its) }),
  });
}
