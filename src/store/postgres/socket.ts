import type { Socket } from 'node:net';
import type pg from 'pg';

/** What a connection goes over, once it has been made; pg's types leave it out. */
export const socketOf = (client: pg.ClientBase): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream;

/** Ends a connection here and now; whatever is asked over it fails. */
export function cut(client: pg.ClientBase): void {
  socketOf(client).destroy();
}
