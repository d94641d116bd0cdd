import { setImmediate as turn } from 'node:timers/promises';
import type { After } from '../../src/store/postgres/heartbeat.ts';

/** Alarms that ring when the test says so. */
export class Alarms {
  #set: { ms: number; ring: () => void }[] = [];

  readonly after: After = (ms, ring) => {
    const alarm = { ms, ring };
    this.#set.push(alarm);
    return () => {
      this.#set = this.#set.filter((one) => one !== alarm);
    };
  };

  /** How long each of those that are set was to wait, in milliseconds. */
  get due(): number[] {
    return this.#set.map(({ ms }) => ms);
  }

  /** Resolves once an alarm of that length is set. */
  async areSet(ms: number): Promise<void> {
    while (!this.due.includes(ms)) await turn();
  }

  /** Waits until an alarm of that length is set, and rings it. */
  async ring(ms: number): Promise<void> {
    await this.areSet(ms);
    const [alarm] = this.#set.filter((one) => one.ms === ms);
    this.#set = this.#set.filter((one) => one !== alarm);
    alarm?.ring();
  }
}
