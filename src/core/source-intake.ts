import { type SourceKind, webhookSource } from '../sources/registry.ts';
import type {
  Handshake,
  RefusalCode,
  Secrets,
  SourceRequest,
  WebhookSource,
} from '../sources/source.ts';
import type { StoredSource } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { Intake } from './intake.ts';
import type { SourceNotes } from './source-notes.ts';

/** A source as it is kept, and how its requests are read. */
export interface Caller {
  stored: StoredSource;
  kind: SourceKind;
  reader: WebhookSource;
}

/** What became of the messages of one request; `rejected` are those that cannot be read. */
export interface TakenIn {
  accepted: number;
  duplicate: number;
  skipped: number;
  rejected: number;
}

export interface SourceIntakeOptions {
  store: Store;
  clock: Clock;
  intake: Intake;
  notes: SourceNotes;
}

/** Takes in what sources send to their URLs. Nothing of a request is looked at before it is verified. */
export class SourceIntake {
  readonly #options: SourceIntakeOptions;

  constructor(options: SourceIntakeOptions) {
    this.#options = options;
  }

  /** The source whose URL this is; null where there is none, or one of another kind. */
  async find(kind: SourceKind, id: string): Promise<Caller | null> {
    const reader = webhookSource(kind);
    const stored = await this.#options.store.read.sources.find(id);
    return reader && stored?.kind === kind ? { stored, kind, reader } : null;
  }

  /** Null where the request comes from who knows the secret; else it is noted with the source. */
  verify({ stored, reader }: Caller, request: SourceRequest): RefusalCode | null {
    const verdicts = this.#secrets(stored).map((secrets) => reader.verify(request, secrets));
    return this.#judge(stored, verdicts.includes(null) ? null : (verdicts[0] ?? null));
  }

  /** Answers a trial of the URL; a refusal is noted with the source. */
  handshake({ stored, reader }: Caller, query: Readonly<Record<string, unknown>>): Handshake {
    const answers = this.#secrets(stored).map(
      (secrets) => reader.handshake?.(query, secrets) ?? NO_HANDSHAKE,
    );
    const answer = answers.find((one) => 'challenge' in one) ?? answers[0] ?? NO_HANDSHAKE;
    if ('refusal' in answer) this.#judge(stored, answer.refusal);
    else this.#options.notes.heard(stored.id, {});
    return answer;
  }

  /**
   * Resolves once what a verified request says is durable.
   * @param body the parsed JSON, undefined where it was none
   * @throws {StoreUnavailableError | IntakeOverloadedError} nothing was taken
   */
  async take({ stored, reader }: Caller, body: unknown): Promise<TakenIn> {
    const { items, dropped } = reader.map(body);
    const counts: TakenIn = {
      ...{ accepted: 0, duplicate: 0, skipped: 0 },
      rejected: dropped.invalid ?? 0,
    };
    if (items.length === 0) {
      this.#options.notes.heard(stored.id, dropped);
      return counts;
    }
    const source = { sourceId: stored.id, dropped };
    const outcomes = await this.#options.intake.take(stored.workspaceId, items, source);
    for (const { status } of outcomes) if (status !== 'noted') counts[status] += 1;
    return counts;
  }

  #judge({ id }: StoredSource, refusal: RefusalCode | null): RefusalCode | null {
    if (refusal) this.#options.notes.refused(id, refusal);
    return refusal;
  }

  /** Those that are good now, the present ones first. */
  #secrets({ secrets, formerSecrets }: StoredSource): Secrets[] {
    const now = this.#options.clock.now();
    const former = formerSecrets.filter(({ until }) => until > now);
    return [secrets, ...former.map((one) => ({ ...secrets, ...one.secrets }))];
  }
}

const NO_HANDSHAKE: Handshake = { refusal: 'no_handshake' };
