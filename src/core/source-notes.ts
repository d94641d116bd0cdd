import type { HeardOf, StoredSource } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from './clock.ts';
import { added } from './tally.ts';

/** At most one write in so long, whatever comes. */
const WRITTEN_EVERY_MS = 5000;

interface Note {
  heard: HeardOf | null;
  refused: NonNullable<StoredSource['lastRefused']> | null;
}

export interface SourceNotesOptions {
  store: Store;
  clock: Clock;
  /** Told why notes could not be written down; they are kept, and tried again. */
  onError: (error: unknown) => void;
}

/**
 * Keeps in mind what brings no message and yet is to be known of a source: receipts, refused requests. They
 * are many, and the latter anybody's to send, so they are written down together, now and then.
 */
export class SourceNotes {
  readonly #options: SourceNotesOptions;
  #notes = new Map<string, Note>();
  #writing: Promise<void> = Promise.resolve();
  #callOff: (() => void) | null = null;

  constructor(options: SourceNotesOptions) {
    this.#options = options;
  }

  /** A request was let in that brought nothing to take. */
  heard(sourceId: string, dropped: HeardOf['dropped']): void {
    const heard = { sourceId, at: this.#options.clock.now(), taken: 0, dropped };
    this.#note(sourceId, { heard, refused: null });
  }

  refused(sourceId: string, code: string): void {
    this.#note(sourceId, { heard: null, refused: { at: this.#options.clock.now(), code } });
  }

  /** Writes down what has been noted so far; where that fails it stays noted. */
  write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Writes down what there is, and no more after that. */
  async stop(): Promise<void> {
    await this.write();
    this.#callOff?.();
  }

  #note(sourceId: string, { heard, refused }: Note): void {
    const before = this.#notes.get(sourceId);
    const dropped = added(before?.heard?.dropped ?? {}, heard?.dropped ?? {});
    this.#notes.set(sourceId, {
      heard: heard ? { ...heard, dropped } : (before?.heard ?? null),
      refused: refused ?? before?.refused ?? null,
    });
    this.#arm();
  }

  #arm(): void {
    const { clock } = this.#options;
    this.#callOff ??= clock.alarm(clock.now() + WRITTEN_EVERY_MS, () => void this.write());
  }

  async #write(): Promise<void> {
    this.#callOff?.();
    this.#callOff = null;
    if (this.#notes.size === 0) return;
    const notes = this.#notes;
    this.#notes = new Map();
    const { store, onError } = this.#options;
    try {
      await store.transaction(
        async (tx) => {
          await tx.sources.heard([...notes.values()].flatMap(({ heard }) => heard ?? []));
          for (const [id, { refused }] of notes) if (refused) await tx.sources.refused(id, refused);
        },
        { among: [] },
      );
    } catch (error) {
      onError(error);
      const since = this.#notes;
      this.#notes = notes;
      for (const [id, note] of since) this.#note(id, note);
      this.#arm();
    }
  }
}
