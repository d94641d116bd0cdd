import TinyQueue from 'tinyqueue';

interface Waiting<Item> {
  item: Item;
  flow: unknown;
  cost: number;
  /** On the queue's own clock, which shows at which cost each flow that waits has been served. */
  endsAt: number;
  nth: number;
}

/**
 * Those who wait, each in the line of its flow. All flows that wait are served alike, by the cost of what is
 * served: one that brings much, or much at once, holds up none that brings little, and is not shut out by
 * many of those. Within a flow who came first is served first. (Known as self-clocked fair queueing, with
 * equal weights: S. J. Golestani, INFOCOM 1994.)
 */
export class FairQueue<Item> {
  readonly #waiting = new TinyQueue<Waiting<Item>>(
    [],
    (a, b) => a.endsAt - b.endsAt || a.nth - b.nth,
  );
  /** Whose turn it was when there was no room left for it: it is the first next time. */
  #passedOver: Waiting<Item> | null = null;
  /** The last of each flow that waits. */
  readonly #last = new Map<unknown, Waiting<Item>>();
  #now = 0;
  #added = 0;

  get length(): number {
    return this.#waiting.length + (this.#passedOver ? 1 : 0);
  }

  /** @param cost in any unit, above 0 */
  add(item: Item, flow: unknown, cost: number): void {
    this.#added += 1;
    const endsAt = (this.#last.get(flow)?.endsAt ?? this.#now) + cost;
    const waiting = { item, flow, cost, endsAt, nth: this.#added };
    this.#last.set(flow, waiting);
    this.#waiting.push(waiting);
  }

  /** Takes out those whose turn it is, as many as cost so much together at most, but always one. */
  take(most: number): Item[] {
    const taken: Item[] = [];
    let cost = 0;
    for (let next = this.#next(); next; next = this.#next()) {
      cost += next.cost;
      if (cost > most && taken.length > 0) {
        this.#passedOver = next;
        break;
      }
      taken.push(next.item);
      this.#now = next.endsAt;
      if (this.#last.get(next.flow) === next) this.#last.delete(next.flow);
    }
    return taken;
  }

  #next(): Waiting<Item> | undefined {
    const next = this.#passedOver ?? this.#waiting.pop();
    this.#passedOver = null;
    return next;
  }
}
