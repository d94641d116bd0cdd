/** How the shards are spread, as one dispatcher sees it. */
export interface Spread {
  /** Dispatchers whose leases hold, this one included. */
  dispatchers: number;
  /** Shards that it has. */
  mine: readonly number[];
  /** How many nobody has. */
  free: number;
}

/** What a dispatcher does about it. */
export interface Move {
  /** So many free ones it takes. */
  claim: number;
  /** These it gives back, once nothing of them is under way. */
  release: readonly number[];
}

export interface Renewed {
  /** Its number. Another than before means that its lease was lost, and all its shards with it. */
  id: number;
  /** The shards that it has from now on, those to be given back among them. */
  shards: readonly number[];
  release: readonly number[];
}

/** Which dispatcher has which shards, where several programs share the store. */
export interface Leases {
  /**
   * Renews a dispatcher's lease from now on, or begins one; ends those that have lapsed; moves shards.
   * @param id null for one that has no lease yet
   */
  renew(id: number | null, lengthMs: number, move: (spread: Spread) => Move): Promise<Renewed>;
  /** Gives shards back. */
  free(id: number, shards: readonly number[]): Promise<void>;
  /** The dispatcher ends: its shards are free. */
  leave(id: number): Promise<void>;
}
