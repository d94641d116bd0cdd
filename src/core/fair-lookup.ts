import type { LookupAddress, LookupAllOptions } from 'node:dns';

type Callback = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
type Lookup = (host: string, options: LookupAllOptions, callback: Callback) => void;

/** A name that takes longer to look up is slow, until it is quick again. */
const SLOW_AFTER_MS = 1000;

/**
 * Looks names up so that those which nobody answers for do not keep others from being looked up.
 *
 * The system's look-up blocks one of libuv's threads, of which a process has four unless
 * UV_THREADPOOL_SIZE says otherwise, for as long as a name server keeps silent: four such names, and no
 * other webhook gets a connection. So a name is looked up once for all who ask at the same time; no more
 * than `room` are looked up together; and slow names have half of that between them.
 */
export function fairLookup(lookup: Lookup, room: number): Lookup {
  const slowRoom = Math.max(1, Math.floor(room / 2));
  const asking = new Map<string, { options: LookupAllOptions; callbacks: Callback[] }>();
  const waiting = new Set<string>();
  const slow = new Set<string>();
  const running = new Set<string>();

  const hasRoomFor = (host: string) => {
    if (running.size >= room) return false;
    return !slow.has(host) || [...running].filter((one) => slow.has(one)).length < slowRoom;
  };

  function startWaiting(): void {
    for (const host of waiting) if (hasRoomFor(host)) start(host);
  }

  function start(host: string): void {
    waiting.delete(host);
    running.add(host);
    const { options } = asking.get(host) as { options: LookupAllOptions };
    let isSlow = false;
    const timer = setTimeout(() => {
      isSlow = true;
      slow.add(host);
    }, SLOW_AFTER_MS);
    lookup(host, options, (error, addresses) => {
      clearTimeout(timer);
      if (!isSlow) slow.delete(host);
      running.delete(host);
      const callbacks = asking.get(host)?.callbacks ?? [];
      asking.delete(host);
      startWaiting();
      for (const callback of callbacks) callback(error, addresses);
    });
  }

  return (host, options, callback) => {
    const asked = asking.get(host);
    if (asked) {
      asked.callbacks.push(callback);
      return;
    }
    asking.set(host, { options, callbacks: [callback] });
    waiting.add(host);
    startWaiting();
  };
}
