/** Time as the program sees it: handed in everywhere, so that tests can steer it. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /**
   * Calls back once `now()` has reached `at`, or earlier where the clock was set back meanwhile: then
   * what was waited for must be dated anew. Returns the function that calls it off.
   */
  alarm(at: number, ring: () => void): () => void;
}

/** Looked at again at least this often, so that a clock set forward is noticed. */
const LONGEST_SLEEP_MS = 30_000;

/** The system's own clock. */
export const systemClock: Clock = {
  now: Date.now,
  alarm(at, ring) {
    let timer: NodeJS.Timeout;
    let asleepSince = Date.now();
    const sleep = () => {
      const now = Date.now();
      const left = now < asleepSince ? 0 : at - now;
      asleepSince = now;
      timer = setTimeout(left <= 0 ? ring : sleep, Math.min(Math.max(left, 0), LONGEST_SLEEP_MS));
    };
    sleep();
    return () => clearTimeout(timer);
  },
};
