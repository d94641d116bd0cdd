import { expect, test } from '@jest/globals';
import { StoreRefusedError } from '../../../src/store/errors.ts';
import { openPostgres } from '../../../src/store/postgres/open.ts';
import { describeOwnPostgres } from '../../support/describe-own-postgres.ts';
import { OwnPostgres } from '../../support/own-postgres.ts';

const key = new Uint8Array(32).fill(7);

describeOwnPostgres('a replica', () => {
  test('is refused in one sentence, although it has all that there is', async () => {
    const postgres = await OwnPostgres.start();
    try {
      const url = postgres.url();
      await (await openPostgres({ url, key })).close();
      await postgres.becomeReplica();
      const opening = openPostgres({ url, key });
      await expect(opening).rejects.toThrow(StoreRefusedError);
      await expect(opening).rejects.toThrow('give the address of the primary');
    } finally {
      await postgres.stop();
    }
  }, 120_000);
});
