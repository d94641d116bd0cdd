import { expect, test } from '@jest/globals';
import { Turns } from '../../src/core/turns.ts';

interface Who {
  name: string;
  isProven: boolean;
}

const proven = (name: string): Who => ({ name, isProven: true });
const unproven = (name: string): Who => ({ name, isProven: false });
const loopTurn = () => new Promise((next) => setImmediate(next));

/** Who has a turn before the event loop has one. */
function turnsOf(turns: Turns<Who>, each: (who: Who) => void = () => {}): string[] {
  const names: string[] = [];
  for (let who = turns.take(); who; who = turns.take()) {
    names.push(who.name);
    each(who);
  }
  return names;
}

test('each has its turn, once, in the order in which it came', () => {
  const turns = new Turns<Who>(() => {});
  const [a, b] = [proven('a'), proven('b')];
  for (const who of [a, b, a]) turns.add(who);
  expect(turnsOf(turns)).toEqual(['a', 'b']);
});

test('who was taken out has no turn', () => {
  const turns = new Turns<Who>(() => {});
  const [a, b] = [proven('a'), unproven('b')];
  for (const who of [a, b]) turns.add(who);
  for (const who of [a, b]) turns.delete(who);
  expect(turnsOf(turns)).toEqual([]);
});

test('those of whom nothing good is known come behind the others, and only a few of them', async () => {
  let told = 0;
  const turns = new Turns<Who>(() => {
    told += 1;
  });
  for (let i = 1; i <= 9; i += 1) turns.add(unproven(`u${i}`));
  turns.add(proven('a'));
  expect(turnsOf(turns)).toEqual(['a', 'u1', 'u2', 'u3', 'u4']);
  turns.add(proven('b'));
  expect(turnsOf(turns)).toEqual(['b']);
  expect(told).toBe(0);
  await loopTurn();
  expect(told).toBe(1);
  expect(turnsOf(turns)).toEqual(['u5', 'u6', 'u7', 'u8']);
  await loopTurn();
  expect(turnsOf(turns)).toEqual(['u9']);
});

test('what one of them starts in its turn it may start all at once', () => {
  const turns = new Turns<Who>(() => {});
  const left = new Map([
    ['u1', 3],
    ['u2', 2],
    ['u3', 1],
    ['u4', 1],
    ['u5', 1],
  ]);
  for (const name of left.keys()) turns.add(unproven(name));
  const names = turnsOf(turns, (who) => {
    left.set(who.name, (left.get(who.name) ?? 0) - 1);
    if (left.get(who.name)) turns.add(who);
  });
  expect(names).toEqual(['u1', 'u1', 'u1', 'u2', 'u2', 'u3', 'u4']);
});

test('but it does not keep the turn beyond that of the event loop', async () => {
  const turns = new Turns<Who>(() => {});
  const endless = unproven('endless');
  turns.add(endless);
  for (let i = 1; i <= 4; i += 1) turns.add(unproven(`u${i}`));
  for (let i = 0; i < 5; i += 1) {
    expect(turns.take()).toBe(endless);
    turns.add(endless);
  }
  turns.delete(endless);
  expect(turnsOf(turns)).toEqual(['u1', 'u2', 'u3']);
  turns.add(endless);
  await loopTurn();
  expect(turns.take()?.name).toBe('u4');
});

test('who has failed waits behind those that did not, and who has succeeded does not', () => {
  const turns = new Turns<Who>(() => {});
  const [a, b] = [proven('a'), unproven('b')];
  turns.add(a);
  turns.add(b);
  a.isProven = false;
  b.isProven = true;
  turns.add(a);
  turns.add(b);
  expect(turnsOf(turns)).toEqual(['b', 'a']);
});
