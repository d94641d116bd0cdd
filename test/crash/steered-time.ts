/** The server's steered time as the harness knows it, across all its lives. It only moves forward. */
export class SteeredTime {
  /** From that real time on the server saw real time plus so much. */
  readonly moves = [{ at: 0, offset: 0 }];
  #asked = 0;
  #confirmed = 0;

  /** What the next life's clock is to start with. */
  get offset(): number {
    return this.#asked;
  }

  /** The server cannot be at an earlier time than this. */
  earliest(): number {
    return Date.now() + this.#confirmed;
  }

  /** Nor at a later one. */
  latest(): number {
    return Date.now() + this.#asked;
  }

  asked(ms: number): void {
    this.#asked += ms;
  }

  /** The server has seen all that was asked; so has a new one from its start. */
  confirmed(): void {
    this.#confirmed = this.#asked;
    this.moves.push({ at: Date.now(), offset: this.#asked });
  }
}
