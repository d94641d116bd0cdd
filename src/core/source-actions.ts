import { randomBytes } from 'node:crypto';
import { type SourceKind, webhookSource } from '../sources/registry.ts';
import type { StoredSource } from '../store/rows.ts';
import type { Repositories, Store } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { SourceNotes } from './source-notes.ts';

const HOUR_MS = 3_600_000;
const SECRETS_OVERLAP_HOURS = 24;

/** A source of this kind takes no secret of that name from its owner. */
export class SecretNotTakenError extends Error {
  readonly field: string;

  constructor(kind: string, field: string) {
    super(`${field}: a source of the kind ${kind} takes none`);
    this.name = 'SecretNotTakenError';
    this.field = field;
  }
}

type Given = Readonly<Record<string, string>>;

export interface NewSource {
  kind: SourceKind;
  name: string;
  /** What the other end has made up, by name. */
  secrets: Given;
}

export interface SourceActionsOptions {
  store: Store;
  clock: Clock;
  notes: SourceNotes;
}

/** What owners do with sources. */
export class SourceActions {
  readonly #options: SourceActionsOptions;

  constructor(options: SourceActionsOptions) {
    this.#options = options;
  }

  /** @throws {SecretNotTakenError} */
  async create(workspaceId: number, { kind, name, secrets }: NewSource): Promise<StoredSource> {
    checkTheirs(kind, secrets);
    const { store, clock } = this.#options;
    return store.transaction(
      (tx) =>
        tx.sources.create({
          id: `src_${randomBytes(16).toString('base64url')}`,
          ...{ workspaceId, kind, name },
          secrets: { ...secrets, ...newSecrets(kind) },
          formerSecrets: [],
          createdAt: clock.now(),
        }),
      { alone: workspaceId },
    );
  }

  async list(workspaceId: number): Promise<StoredSource[]> {
    const { store, notes } = this.#options;
    await notes.write();
    return store.read.sources.list(workspaceId);
  }

  async get(workspaceId: number, id: string): Promise<StoredSource | null> {
    const { store, notes } = this.#options;
    await notes.write();
    return store.read.sources.get(workspaceId, id);
  }

  /**
   * Changes what is given; null where there is no such source. A secret that is entered anew holds at once,
   * and the one before no more.
   * @throws {SecretNotTakenError}
   */
  async edit(
    workspaceId: number,
    id: string,
    { name, secrets = {} }: { name?: string | undefined; secrets?: Given },
  ): Promise<StoredSource | null> {
    return this.#change(workspaceId, id, (tx, source) => {
      checkTheirs(source.kind, secrets);
      return tx.sources.change(source, {
        ...(name !== undefined && { name }),
        secrets: { ...source.secrets, ...secrets },
      });
    });
  }

  /**
   * Makes our secrets anew. The ones it had are good for 24 hours more, so that the other end can be changed
   * over without missing a message. Null where there is no such source.
   */
  async rotateSecrets(workspaceId: number, id: string): Promise<StoredSource | null> {
    return this.#change(workspaceId, id, (tx, source) => {
      const now = this.#options.clock.now();
      const until = now + SECRETS_OVERLAP_HOURS * HOUR_MS;
      return tx.sources.change(source, {
        secrets: { ...source.secrets, ...newSecrets(source.kind) },
        formerSecrets: [
          { secrets: ourSecrets(source), until },
          ...source.formerSecrets.filter((former) => former.until > now),
        ],
      });
    });
  }

  /** Its URL is nobody's then; what came from it stays. False where there is no such source. */
  async remove(workspaceId: number, id: string): Promise<boolean> {
    const found = await this.#change(workspaceId, id, async (tx, source) => {
      await tx.sources.remove(id);
      return source;
    });
    return found !== null;
  }

  async #change(
    workspaceId: number,
    id: string,
    work: (tx: Repositories, source: StoredSource) => Promise<StoredSource>,
  ): Promise<StoredSource | null> {
    await this.#options.notes.write();
    return this.#options.store.transaction(
      async (tx) => {
        const source = await tx.sources.get(workspaceId, id);
        return source && work(tx, source);
      },
      { alone: workspaceId },
    );
  }
}

/** The secrets that are to be pasted at the other end, by name. */
export const ourSecrets = ({ kind, secrets }: Pick<StoredSource, 'kind' | 'secrets'>): Given =>
  Object.fromEntries(
    Object.entries(secrets).filter(([name]) => namesOf(kind, 'ours').includes(name)),
  );

/** Names of the secrets that its owner has still to enter. */
export const missingSecrets = ({ kind, secrets }: Pick<StoredSource, 'kind' | 'secrets'>) =>
  namesOf(kind, 'theirs').filter((name) => !secrets[name]);

/** Where the other end is to send to. @param publicUrl of this server */
export const sourceUrl = (publicUrl: string, { kind, id }: Pick<StoredSource, 'kind' | 'id'>) =>
  `${publicUrl}/sources/${kind}/${id}`;

const newSecrets = (kind: string): Given =>
  Object.fromEntries(
    namesOf(kind, 'ours').map((name) => [name, randomBytes(32).toString('base64url')]),
  );

function checkTheirs(kind: string, secrets: Given): void {
  const theirs = namesOf(kind, 'theirs');
  const other = Object.keys(secrets).find((name) => !theirs.includes(name));
  if (other) throw new SecretNotTakenError(kind, other);
}

const namesOf = (kind: string, origin: 'ours' | 'theirs'): string[] =>
  Object.entries(webhookSource(kind)?.secrets ?? {})
    .filter(([, whose]) => whose === origin)
    .map(([name]) => name);
