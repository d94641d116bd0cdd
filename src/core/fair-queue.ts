import TinyQueue from 'tinyqueue';

interface Waiting<Item> {
  item: Item;
  flow: unknown;
  cost: number;
  /** On the queue's own clock, which shows the cost at which each flow that waits has been served. */
  startsAt: number;
  endsAt: number;
  nth: number;
}

/**
 * Those who wait, each in the line of its flow. All flows that wait are served alike, by the cost of what is
 * served: one that brings much, or much at once, holds up none that brings little. Within a flow who came
 * first is served first. (Known as weighted fair queueing, with equal weights.)
 */
export class FairQueue<Item> {
  readonly #waiting = new TinyQueue<Waiting<Item>>(
    [],
    (a, b) => a.endsAt - b.endsAt || a.nth - b.nth,
  );
  /** Where the line of each flow ends that waits. */
  readonly #flows = new Map<unknown, Waiting<Item>>();
  #now = 0;
  #added = 0;

  get length(): number {
    return this.#waiting.length;
  }

  /** @param cost in any unit, above 0 */
  add(item: Item, flow: unknown, cost: number): void {
    const startsAt = this.#flows.get(flow)?.endsAt ?? this.#now;
    this.#added += 1;
    const waiting = { item, flow, cost, startsAt, endsAt: startsAt + cost, nth: this.#added };
    this.#flows.set(flow, waiting);
    this.#waiting.push(waiting);
  }

  /** Takes out those whose turn it is, as many as cost so much together at most, but always one. */
  take(most: number): Item[] {
    const taken: Item[] = [];
    let cost = 0;
    for (let next = this.#waiting.peek(); next; next = this.#waiting.peek()) {
      cost += next.cost;
      if (cost > most && taken.length > 0) break;
      this.#waiting.pop();
      taken.push(next.item);
      this.#now = Math.max(this.#now, next.startsAt);
      if (this.#flows.get(next.flow) === next) this.#flows.delete(next.flow);
    }
    return taken;
  }
}
