/**
 * What is asked of a transaction at the same time, answered in order. Where one fails, it waits for the others
 * all the same: what they go on to do must not come after the transaction has been rolled back, when every
 * statement is one of its own.
 * @throws what the first of them that failed did
 */
export async function together<Asked extends readonly unknown[] | []>(
  asked: Asked,
): Promise<{ -readonly [Place in keyof Asked]: Awaited<Asked[Place]> }> {
  await Promise.allSettled(asked);
  return Promise.all(asked);
}
