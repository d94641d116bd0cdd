import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../support/crash-server.ts';
import { type History, type Hook, timesSwitchedOff } from './history.ts';
import type { Receivers } from './receivers.ts';
import type { SteeredTime } from './steered-time.ts';

/** So many lives a dead hook stays switched off, then works again, before its receiver dies anew. */
const LIVES_OFF = 3;
const LIVES_ON = 5;
/** A look makes the server count what is waiting, which is not for nothing. */
const LOOK_EVERY_MS = 40;
/** However much there is to send. */
const UNTIL_LIMIT_MS = 40_000;
const MAIL_LIMIT_MS = 10_000;
const HOUR = 3_600_000;

interface Status {
  id: string;
  enabled: boolean;
  disabled_reason: string | null;
  consecutive_errors: number;
  next_attempt_at: string | null;
  waiting: number;
}

/** Looks at the webhooks through the API, and does what their owner would do about them. */
export class HookWatch {
  readonly #history: History;
  readonly #receivers: Receivers;
  readonly #time: SteeredTime;
  readonly #ids = new Map<string, string>();
  #livesSince = 0;

  constructor(history: History, receivers: Receivers, time: SteeredTime) {
    this.#history = history;
    this.#receivers = receivers;
    this.#time = time;
  }

  async create(server: Api): Promise<void> {
    for (const { name, granularityHours, direction, receiver } of this.#history.hooks) {
      const { status, body } = await server.call('POST', '/webhooks', {
        target_url: this.#receivers.url(name),
        granularity_hours: granularityHours,
        ...(direction && { filters: { direction } }),
      });
      if (status !== 201) throw new Error(`No webhook: ${status} ${JSON.stringify(body)}`);
      this.#ids.set(name, body.id);
      if (receiver === 'dead') this.#receivers.dead.add(name);
    }
  }

  /** Once a life: takes down how the webhooks are, and moves the dead one's story on. */
  async attend(server: Api): Promise<void> {
    const found = await this.look(server);
    for (const { name } of this.#history.hooks.filter(({ receiver }) => receiver === 'dead')) {
      const enabled = found.get(name)?.enabled;
      if (enabled && this.#receivers.dead.has(name)) continue;
      this.#livesSince += 1;
      if (!enabled && this.#livesSince > LIVES_OFF) await this.#enable(server, name);
      else if (enabled && this.#livesSince > LIVES_ON) this.#receivers.dead.add(name);
      else continue;
      this.#livesSince = 0;
    }
  }

  async look(server: Api): Promise<Map<string, Status>> {
    const found = new Map<string, Status>();
    const { body } = await server.call('GET', '/webhooks');
    for (const { name } of this.#history.hooks) {
      const status = (body as Status[]).find(({ id }) => id === this.#ids.get(name)) as Status;
      found.set(name, status);
      this.#history.looks.push({
        kind: 'seen',
        hook: name,
        at: Date.now(),
        enabled: status.enabled,
        reason: status.disabled_reason,
        errors: status.consecutive_errors,
        disabledAt: status.enabled ? [] : await this.#disabledAt(server, status),
      });
    }
    return found;
  }

  /** Waits until hooks whose receivers are well have nothing due; false where no request came for so long. */
  async comesToRest(server: Api, ms: number): Promise<boolean> {
    const well = this.#history.hooks.filter(({ receiver }) => receiver === 'well');
    return this.#until(server, ms, (found) => well.every((hook) => !this.#isDue(found, hook)));
  }

  /**
   * The owners' last deeds: receivers that are dead are seen off to their end, and all that is off is
   * switched on. Then time goes on until nothing waits any more.
   */
  async bringToAnEnd(server: Api, move: (ms: number) => Promise<void>): Promise<void> {
    const { hooks, faults } = this.#history;
    this.#receivers.heal();
    for (const { name } of hooks) {
      for (let errors = 0; this.#receivers.dead.has(name); errors += 1) {
        await this.#until(server, 2000, (found) => {
          const { enabled, consecutive_errors } = found.get(name) as Status;
          return !enabled || consecutive_errors > errors;
        });
        if (!(await this.look(server)).get(name)?.enabled) break;
        if (errors > 20) throw new Error(`${name} was not switched off: ${faults.join('\n')}`);
        await move(10 * HOUR);
      }
      if (!(await this.look(server)).get(name)?.enabled) await this.#enable(server, name);
    }
  }

  /** The same until nothing waits for any hook. */
  async getsEmpty(server: Api, ms: number): Promise<boolean> {
    return this.#until(server, ms, (found) => [...found.values()].every((s) => s.waiting === 0));
  }

  /** The owner acts once the e-mail has come: enabling calls off one that has not gone yet. */
  async #enable(server: Api, name: string): Promise<void> {
    const { looks, mails } = this.#history;
    const isTold = () => new Set(mails).size >= timesSwitchedOff(looks);
    for (let waited = 0; !isTold() && waited < MAIL_LIMIT_MS; waited += LOOK_EVERY_MS) {
      await pause(LOOK_EVERY_MS);
    }
    this.#receivers.dead.delete(name);
    this.#history.looks.push({ kind: 'asked', hook: name, at: Date.now() });
    await server.call('PATCH', `/webhooks/${this.#ids.get(name)}`, { enabled: true });
  }

  #isDue(found: Map<string, Status>, { name }: Hook): boolean {
    const at = found.get(name)?.next_attempt_at ?? null;
    return at !== null && Date.parse(at) <= this.#time.latest();
  }

  /** Looks until it is so; false where that does not come, and no request either for so long. */
  async #until(
    server: Api,
    ms: number,
    isSo: (found: Map<string, Status>) => boolean,
  ): Promise<boolean> {
    const from = Date.now();
    const lastNews = () => Math.max(from, this.#receivers.delivered.at(-1)?.at ?? 0);
    const isOver = () => Date.now() - lastNews() > ms || Date.now() - from > UNTIL_LIMIT_MS;
    for (; !isOver(); await pause(LOOK_EVERY_MS)) {
      const { body } = await server.call('GET', '/webhooks');
      const byId = new Map((body as Status[]).map((status) => [status.id, status]));
      const named = [...this.#ids].map(([name, id]) => [name, byId.get(id) as Status] as const);
      if (isSo(new Map(named))) return true;
    }
    return false;
  }

  async #disabledAt(server: Api, { id }: Status): Promise<string[]> {
    const { body } = await server.call('GET', `/webhooks/${id}/activity`);
    return (body as { action: string; at: string }[])
      .filter(({ action }) => action === 'disabled')
      .map(({ at }) => at);
  }
}
