import { fairShare } from './pace.ts';

/** More comes in than can be written down. */
export class IntakeOverloadedError extends Error {
  constructor() {
    super('Too many messages are waiting to be written down: send this request again in a moment');
    this.name = 'IntakeOverloadedError';
  }
}

/** Items, and the characters of their texts. */
export interface Load {
  items: number;
  characters: number;
}

/**
 * What waits to be written down, and may. Once there is no room for all, each workspace that waits may have
 * its fair share: one that brings too much has nobody sent away but itself.
 */
export class WaitingRoom {
  readonly #room: Load;
  readonly #all: Load = { items: 0, characters: 0 };
  readonly #byWorkspace = new Map<number, Load>();

  constructor(room: Load) {
    this.#room = room;
  }

  /**
   * @returns what lets it out again
   * @throws {IntakeOverloadedError}
   */
  enter(workspaceId: number, load: Load): () => void {
    const own = this.#byWorkspace.get(workspaceId) ?? { items: 0, characters: 0 };
    // What is too much by itself would be so for ever.
    const isFirst = own.items === 0;
    const workspaces = this.#byWorkspace.size + (isFirst ? 1 : 0);
    const isFull = exceeds(this.#all, load, this.#room);
    if (isFull && !isFirst && exceeds(own, load, shareOf(this.#room, workspaces))) {
      throw new IntakeOverloadedError();
    }
    this.#byWorkspace.set(workspaceId, own);
    for (const one of [own, this.#all]) add(one, load, 1);
    return () => {
      for (const one of [own, this.#all]) add(one, load, -1);
      if (own.items === 0) this.#byWorkspace.delete(workspaceId);
    };
  }
}

const exceeds = (waiting: Load, more: Load, room: Load) =>
  waiting.items + more.items > room.items || waiting.characters + more.characters > room.characters;

const shareOf = ({ items, characters }: Load, among: number): Load => ({
  items: fairShare(items, among),
  characters: fairShare(characters, among),
});

function add(to: Load, { items, characters }: Load, times: 1 | -1): void {
  to.items += times * items;
  to.characters += times * characters;
}
