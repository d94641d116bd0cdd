// What a crash run writes down, and all that the verdict is reached from.
// A "life" is one server process from its start on: one after the other over SQLite, several side by side
// over PostgreSQL. "Real" times are those of the harness, which go on while the server is down. The steered time of an
// event is only known to lie between two times, since the server may not have read a move yet.

type Direction = 'received' | 'sent';

export interface Hook {
  name: string;
  granularityHours: 0 | 1 | 6;
  direction: Direction | null;
  /** well: always answers 200; shaky: fails for a while now and then; dead: until it is switched off. */
  receiver: 'well' | 'shaky' | 'dead';
}

/** A message as its sender knows it; within a chat in the order in which they were said. */
export interface Said {
  chat: string;
  text: string;
  direction: Direction;
  /** Whether a 202 came back for it, be it in a later life than the one that took it. */
  answered: boolean;
  /** Steered time between which the server took it. */
  from: number;
  to: number;
}

/** A request as its receiver knows it, in order of arrival. */
export interface Delivered {
  hook: string;
  /** The webhook-id. */
  id: string;
  chat: string;
  texts: string[];
  messageIds: string[];
  /** Which life sent it. */
  life: number;
  /** Real time of its arrival, and the steered times around it. */
  at: number;
  from: number;
  to: number;
  /** What became of it; null: neither answered nor given up. */
  outcome: 'ok' | 'failed' | null;
  /** Real time at which its answer was written, or the connection was gone. */
  endedAt: number | null;
}

/** Real times. */
export interface Span {
  from: number;
  to: number;
}

/** A server process from its start to the kill. Real times. */
export interface Life {
  readyAt: number | null;
  /** When all that was due had been delivered and written down, where the harness waited for it. */
  quietAt: number | null;
  killedAt: number | null;
  /** When else it lost what it had not written down yet: from the first that cost it its lease. */
  breaks?: Span[];
}

/** What was done to servers that share a store, until it was made good again. */
export interface Trouble extends Span {
  what: string;
  /** Whether it took connections to the database away, so that servers may say so. */
  isOfDatabase: boolean;
  /** Which life it was done to, where it was one. */
  life: number | null;
}

/** Since when which life held the shard of a webhook; null: nobody. */
export interface Holding {
  hook: string;
  at: number;
  life: number | null;
}

/** What there is to know beside where several servers share a store. */
export interface FleetRecord {
  /** So long no request may come after a trouble, beside its own time. */
  graceMs: number;
  troubles: Trouble[];
  /** In the order of time. */
  holdings: Holding[];
}

/** What a webhook said of itself, or (asked) that it was asked to switch itself on. Real times. */
export type Look =
  | { kind: 'asked'; hook: string; at: number }
  | {
      kind: 'seen';
      hook: string;
      at: number;
      enabled: boolean;
      reason: string | null;
      errors: number;
      /** Times of switching off in the activity log, where it is off. */
      disabledAt: string[];
    };

export interface History {
  hooks: readonly Hook[];
  said: Said[];
  delivered: Delivered[];
  lives: Life[];
  /** From that real time on the server saw real time plus so much. */
  moves: { at: number; offset: number }[];
  looks: Look[];
  /** The Message-IDs of the e-mails that came, in order; one sent again comes with the same. */
  mails: string[];
  /** What went wrong while the run was under way. */
  faults: string[];
  fleet?: FleetRecord;
}

/** How often any webhook was switched off, as far as was seen. */
export function timesSwitchedOff(looks: readonly Look[]): number {
  return new Set(looks.flatMap((look) => (look.kind === 'seen' ? look.disabledAt : []))).size;
}
