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

/** So many times the room is taken up at most, however many workspaces want their share. */
const OVERFULL = 4;

/**
 * What waits to be written down, and may. Once there is no room for all, each workspace that waits may have
 * its fair share, and one that has nothing waiting one request: who brings too much has nobody sent away but
 * itself.
 */
export class WaitingRoom {
  readonly #room: Load;
  readonly #all = nobody();
  readonly #byWorkspace = new Map<number, Load & { requests: number }>();

  constructor(room: Load) {
    this.#room = room;
  }

  /** @throws {IntakeOverloadedError} where the workspace has no room for a single message more */
  check(workspaceId: number): void {
    if (!this.#hasRoom(workspaceId, { items: 1, characters: 0 })) throw new IntakeOverloadedError();
  }

  /**
   * @returns what lets it out again
   * @throws {IntakeOverloadedError}
   */
  enter(workspaceId: number, load: Load): () => void {
    if (!this.#hasRoom(workspaceId, load)) throw new IntakeOverloadedError();
    const own = this.#byWorkspace.get(workspaceId) ?? nobody();
    this.#byWorkspace.set(workspaceId, own);
    for (const one of [own, this.#all]) add(one, load, 1);
    return () => {
      for (const one of [own, this.#all]) add(one, load, -1);
      if (own.requests === 0) this.#byWorkspace.delete(workspaceId);
    };
  }

  #hasRoom(workspaceId: number, load: Load): boolean {
    if (fits(this.#all, load, this.#room)) return true;
    const own = this.#byWorkspace.get(workspaceId);
    if (own) return fits(own, load, times(this.#room, 1 / this.#byWorkspace.size));
    // What is too much by itself would be so for ever.
    return this.#all.requests === 0 || fits(this.#all, load, times(this.#room, OVERFULL));
  }
}

const nobody = () => ({ items: 0, characters: 0, requests: 0 });

const fits = (waiting: Load, more: Load, room: Load) =>
  waiting.items + more.items <= room.items &&
  waiting.characters + more.characters <= room.characters;

const times = ({ items, characters }: Load, factor: number): Load => ({
  items: items * factor,
  characters: characters * factor,
});

function add(to: Load & { requests: number }, load: Load, sign: 1 | -1): void {
  to.items += sign * load.items;
  to.characters += sign * load.characters;
  to.requests += sign;
}
