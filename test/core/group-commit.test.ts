import { expect, test } from '@jest/globals';
import { GroupCommit } from '../../src/core/group-commit.ts';

/** What the sockets hold comes before the look at what has come; so does what is scheduled first. */
const turn = () => new Promise((next) => setImmediate(next));

class Down extends Error {}

/** Commits in memory; each group waits until it is let go. */
function committer(
  answer: (item: number) => void = () => {},
  maxWeight = 1000,
  itsTurn: Promise<void> = Promise.resolve(),
) {
  const groups: number[][] = [];
  const gates: (() => void)[] = [];
  const commits = new GroupCommit<number, string>(
    async (take) => {
      await itsTurn;
      const items = take();
      groups.push(items);
      await new Promise<void>((resolve) => {
        gates.push(resolve);
      });
      for (const item of items) answer(item);
      return items.map(String);
    },
    (error) => error instanceof Down,
    { maxWeight, weigh: (item) => item, flow: () => null },
  );
  const letGo = async () => {
    while (gates.length === 0) await turn();
    gates.shift()?.();
  };
  return { commits, groups, letGo };
}

const outcome = (result: PromiseSettledResult<string>) =>
  result.status === 'fulfilled' ? result.value : (result.reason as Error).message;

test('what comes within one turn shares a commit, and each caller gets its own result', async () => {
  const { commits, groups, letGo } = committer();
  const results = Promise.all([commits.submit(1), commits.submit(2), commits.submit(3)]);
  await letGo();
  expect(await results).toEqual(['1', '2', '3']);
  expect(groups).toEqual([[1, 2, 3]]);
});

test('what comes during a commit is gathered for the next, and answered only after it', async () => {
  const { commits, groups, letGo } = committer();
  const first = commits.submit(1);
  await turn();
  let answered = false;
  const later = Promise.all([commits.submit(2), commits.submit(3)]).then(() => {
    answered = true;
  });
  await letGo();
  await first;
  expect(answered).toBe(false);
  await letGo();
  await later;
  expect(groups).toEqual([[1], [2, 3]]);
});

test('what comes while a commit waits for its turn is part of it, and none of the next', async () => {
  const itsTurn = Promise.withResolvers<void>();
  const { commits, groups, letGo } = committer(undefined, undefined, itsTurn.promise);
  const first = commits.submit(1);
  for (let i = 0; i < 10; i++) await turn();
  const second = commits.submit(2);
  itsTurn.resolve();
  await letGo();
  expect(await Promise.all([first, second])).toEqual(['1', '2']);
  expect(groups).toEqual([[1, 2]]);
});

test('a commit that fails before its turn fails for those that waited for it', async () => {
  const commits = new GroupCommit<number, string>(
    () => Promise.reject(new Down('down')),
    (error) => error instanceof Down,
    { maxWeight: 10, weigh: () => 1, flow: () => null },
  );
  const results = await Promise.allSettled([commits.submit(1), commits.submit(2)]);
  expect(results.map(outcome)).toEqual(['down', 'down']);
});

test('as long as every turn brings more, the commit waits for it', async () => {
  const { commits, groups, letGo } = committer();
  const results: Promise<string>[] = [];
  for (let i = 0; i < 5; i++) {
    const later = turn();
    results.push(commits.submit(i));
    await later;
  }
  await letGo();
  await Promise.all(results);
  expect(groups).toEqual([[0, 1, 2, 3, 4]]);
});

test('but not for ever', async () => {
  const { commits, groups, letGo } = committer();
  const results: Promise<string>[] = [];
  for (let i = 0; groups.length === 0; i++) {
    expect(i).toBeLessThan(100);
    const later = turn();
    results.push(commits.submit(0));
    await later;
  }
  const [{ length } = []] = groups;
  expect(length).toBeGreaterThan(10);
  await letGo();
  if (results.length > Number(length)) await letGo();
  await Promise.all(results);
});

test('a group takes no more than its weight, but always one item', async () => {
  const { commits, groups, letGo } = committer(() => {}, 10);
  const results = Promise.all([6, 4, 1, 50, 2].map((item) => commits.submit(item)));
  for (let i = 0; i < 4; i++) await letGo();
  await results;
  expect(groups).toEqual([[6, 4], [1], [50], [2]]);
});

test('a poison item sinks alone', async () => {
  const { commits, groups, letGo } = committer((item) => {
    if (item === 2) throw new Error('poison');
  });
  const results = Promise.allSettled([commits.submit(1), commits.submit(2), commits.submit(3)]);
  for (let i = 0; i < 4; i++) await letGo();
  expect((await results).map(outcome)).toEqual(['1', 'poison', '3']);
  expect(groups).toEqual([[1, 2, 3], [1], [2], [3]]);
});

test('when the store is down everyone in the group is told, without more attempts', async () => {
  const { commits, groups, letGo } = committer(() => {
    throw new Down('down');
  });
  const results = Promise.allSettled([commits.submit(1), commits.submit(2)]);
  await letGo();
  expect((await results).map(outcome)).toEqual(['down', 'down']);
  expect(groups).toEqual([[1, 2]]);
});

test('it goes on after a failure', async () => {
  let down = true;
  const { commits, letGo } = committer(() => {
    if (down) throw new Down('down');
  });
  const failed = commits.submit(1).catch((error: Error) => error.message);
  await letGo();
  expect(await failed).toBe('down');
  down = false;
  const worked = commits.submit(2);
  await letGo();
  expect(await worked).toBe('2');
});
