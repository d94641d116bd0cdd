/** What programs that share a store tell each other, after what it is about has been committed. */
export interface News {
  /** Webhooks that have something due, and by when. */
  due?: readonly (readonly [webhookId: number, dueAt: number])[];
  /** Webhooks whose settings or lanes were changed. */
  changed?: readonly number[];
  /** Shards are free. */
  shards?: true;
  /** Something was added to the outbox. */
  mail?: true;
}

/** News may get lost: whoever goes by it looks for itself, too, now and then. */
export interface Signals {
  wake(due: ReadonlyMap<number, number>): void;
  changed(webhookId: number): void;
  tell(what: 'shards' | 'mail'): void;
  /**
   * Hears what all programs tell, this one included, until the store is closed.
   * @param missed told when news may have been lost
   */
  listen(hear: (news: News) => void, missed: () => void): Promise<void>;
}
