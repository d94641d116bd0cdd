import { join } from 'node:path';
import { OffsetInFile } from '../support/steered-clock.ts';

/** The servers' steered time as the harness knows it, across all their lives. It only moves forward. */
export class SteeredTime {
  /** From that real time on the servers saw real time plus so much. */
  readonly moves = [{ at: 0, offset: 0 }];
  /** The file by which their clocks go. */
  readonly path: string;
  readonly #file: OffsetInFile;
  #asked = 0;
  #confirmed = 0;

  constructor(folder: string) {
    this.path = join(folder, 'clock');
    this.#file = new OffsetInFile(this.path, 'w+');
  }

  /** No server can be at an earlier time than this. */
  earliest(): number {
    return Date.now() + this.#confirmed;
  }

  /** Nor at a later one. */
  latest(): number {
    return Date.now() + this.#asked;
  }

  asked(ms: number): void {
    this.#asked += ms;
    this.#file.add(ms);
  }

  /** The servers have seen all that was asked; so has a new one from its start. */
  confirmed(): void {
    this.#confirmed = this.#asked;
    this.moves.push({ at: Date.now(), offset: this.#asked });
  }
}
