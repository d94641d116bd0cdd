// HTTP as bytes, for what no proper client would send.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from '@jest/globals';

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what tests are to find out
  body: any;
}

/** A connection on which anything may be written, and what comes back on it. */
export class RawConnection {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  readonly #ended: Promise<unknown>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#chunks.push(chunk));
    // The server may cut the connection before everything is written.
    socket.on('error', () => {});
    this.#ended = once(socket, 'close');
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Everything the server has answered once it has closed the connection. */
  async answers(): Promise<RawAnswer[]> {
    await this.#ended;
    return parse(Buffer.concat(this.#chunks));
  }
}

/** Writes the bytes on a connection of their own; resolves when the server has closed it. */
export async function exchange(url: string, ...bytes: (string | Buffer)[]): Promise<RawAnswer[]> {
  const connection = await RawConnection.open(url);
  for (const part of bytes) connection.socket.write(part);
  return connection.answers();
}

function parse(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error(`This is no HTTP: ${rest.toString('latin1')}`);
    const [first = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(':')[0]?.toLowerCase(), line.replace(/^[^:]*: */, '')]),
    );
    const length = Number(headers['content-length'] ?? 0);
    const text = rest.subarray(end + 4, end + 4 + length).toString('utf8');
    const status = Number(first.split(' ')[1]);
    rest = rest.subarray(end + 4 + length);
    // 100 Continue is no answer yet.
    if (status >= 200) answers.push({ status, headers, body: text ? JSON.parse(text) : null });
  }
  return answers;
}

/** Fails unless it is an error in the one form that errors have, with an id to ask about it by. */
export function expectErrorForm(answer: { headers: object; body: unknown }): void {
  const { error, ...others } = answer.body as { error: { field?: string } };
  const { field = '', ...rest } = error;
  expect({ others, rest }).toEqual({
    others: {},
    rest: {
      code: expect.stringMatching(/^[a-z_]+$/),
      message: expect.stringMatching(/^[\s\S]{10,1100}$/),
    },
  });
  expect(field.length).toBeLessThan(300);
  const { headers } = answer;
  const id =
    headers instanceof Headers ? headers.get('x-request-id') : Object(headers)['x-request-id'];
  expect(id).toMatch(/^\S{1,128}$/);
}
