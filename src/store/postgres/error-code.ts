/**
 * PostgreSQL's five characters for what went wrong, such as 40P01; "" where an error is none of the
 * server's. Told by its fields, not the class: a thread may see several copies of the library.
 */
function sqlState(error: unknown): string {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  return typeof severity === 'string' && typeof code === 'string' ? code : '';
}

/**
 * Whether the server says that it cannot read or write just now, whatever it is asked: no connection (08),
 * no room or no connection left (53), shut down, cancelled or not up yet (57), a disk's error (58), read-only
 * after a failover (25006), ended for idling (25P03), not let in (28, 3D000) – or that a statement
 * prepared before a migration no longer fits (0A000, 26000), which a new connection cures.
 */
export const isUnavailable = (error: unknown): boolean => UNAVAILABLE.test(sqlState(error));

const UNAVAILABLE = /^(08|53|57|58|28)...$|^(25006|25P03|25P04|3D000|0A000|26000)$/;

/** Whether the same transaction may well succeed when it is run again: others were in its way. */
export const isInTheWay = (error: unknown): boolean =>
  ['40001', '40P01', '23505', '55P03'].includes(sqlState(error));

/** Whether a statement was refused only because one before it in the transaction had failed. */
export const isAfterFailure = (error: unknown): boolean => sqlState(error) === '25P02';

/** Whether the connection to the server cannot be made or is gone: pg's own errors, and the socket's. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message, severity } = (error ?? {}) as Record<string, unknown>;
  if (severity === 'FATAL' || severity === 'PANIC') return true;
  return SOCKET.test(String(code)) || OF_PG.test(String(message));
}

const SOCKET =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|E(HOST|NET)(UNREACH|DOWN)|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENOENT|EACCES|ERR_STREAM_DESTROYED)$/;
const OF_PG =
  /^(Connection terminated|timeout expired|timeout exceeded|Client has encountered a connection error|Client was closed|Cannot use a pool|Client has already been released)/;
