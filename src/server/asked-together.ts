import { setImmediate as turn } from 'node:timers/promises';

/**
 * Asks for all that is wanted within one turn of the event loop with one question. What is answered was
 * asked after it was wanted: nothing is remembered from one turn to the next.
 */
export class AskedTogether<Key, Answer> {
  readonly #ask: (keys: Key[]) => Promise<Map<Key, Answer>>;
  #next: { keys: Set<Key>; answers: Promise<Map<Key, Answer>> } | null = null;

  /** @param ask answers each key once; those without an answer are absent */
  constructor(ask: (keys: Key[]) => Promise<Map<Key, Answer>>) {
    this.#ask = ask;
  }

  async get(key: Key): Promise<Answer | undefined> {
    if (!this.#next) {
      const keys = new Set<Key>();
      this.#next = { keys, answers: this.#askFor(keys) };
    }
    this.#next.keys.add(key);
    return (await this.#next.answers).get(key);
  }

  /** After the poll phase, in which all requests that the sockets hold already have come to want theirs. */
  async #askFor(keys: Set<Key>): Promise<Map<Key, Answer>> {
    await turn();
    this.#next = null;
    return this.#ask([...keys]);
  }
}
