import { describe, expect, test } from '@jest/globals';
import { StoreUnavailableError } from '../../../src/store/errors.ts';
import { wasCommitted } from '../../../src/store/postgres/outcome.ts';
import type { Queries } from '../../../src/store/postgres/queries.ts';

type Answered = { status: string | null; life: string } | Error;

/** What a server answers to one question after the other. */
function serverSaying(...answers: Answered[]): Queries {
  return {
    once: async () => {
      const answer = answers.shift();
      if (!answer || answer instanceof Error) throw answer ?? new Error('asked once too often');
      return { rows: [answer], affected: 1, command: 'SELECT' };
    },
  } as unknown as Queries;
}

const ask = (...answers: Answered[]) =>
  wasCommitted({ id: '7', life: 'first' }, serverSaying(...answers), AbortSignal.timeout(60_000));

const same = (status: string | null) => ({ status, life: 'first' });
const afterCrash = (status: string | null) => ({ status, life: 'second' });
const unreachable = new StoreUnavailableError(new Error('ECONNREFUSED'));
const future = Object.assign(new Error('transaction ID 7 is in the future'), { code: '22023' });

describe('what became of a transaction whose commit was not answered', () => {
  test('is what the server says', async () => {
    expect(await ask(same('committed'))).toBe(true);
    expect(await ask(same('aborted'))).toBe(false);
  });

  test('is asked again while it is under way, or the server cannot be reached', async () => {
    expect(await ask(unreachable, same('in progress'), same('committed'))).toBe(true);
  });

  test('cannot be a commit where a crash took its id away', async () => {
    expect(await ask(future)).toBe(false);
    // The id is another transaction's by now.
    expect(await ask(afterCrash('in progress'))).toBe(false);
    expect(await ask(afterCrash('aborted'))).toBe(false);
  });

  test('is not known where the id may be another’s, or too old', async () => {
    await expect(ask(afterCrash('committed'))).rejects.toThrow(StoreUnavailableError);
    await expect(ask(same(null))).rejects.toThrow(StoreUnavailableError);
  });

  test('is not asked for once the store is being closed', async () => {
    const closing = AbortSignal.abort();
    const asked = wasCommitted({ id: '7', life: 'first' }, serverSaying(), closing);
    await expect(asked).rejects.toThrow(StoreUnavailableError);
  });
});
