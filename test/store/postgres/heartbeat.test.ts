import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Heartbeat } from '../../../src/store/postgres/heartbeat.ts';
import { Alarms } from '../../support/alarms.ts';

/** A heart whose time and answers are the test's. */
function heart() {
  const alarms = new Alarms();
  const asked: PromiseWithResolvers<void>[] = [];
  let silences = 0;
  const ask = () => {
    const answer = Promise.withResolvers<void>();
    asked.push(answer);
    return answer.promise;
  };
  const silent = () => {
    silences += 1;
  };
  return {
    beat: new Heartbeat(ask, silent, alarms.after),
    asked,
    silences: () => silences,
    due: () => alarms.due,
    ring: async () => {
      await alarms.ring(alarms.due[0] as number);
      for (let turns = 0; turns < 3; turns += 1) await turn();
    },
  };
}

test('asks every ten seconds, and takes an error for an answer', async () => {
  const { asked, silences, due, ring } = heart();
  expect(due()).toEqual([10_000]);
  await ring();
  expect([asked.length, due()]).toEqual([1, [15_000]]);
  asked[0]?.resolve();
  await turn();
  expect(due()).toEqual([10_000]);
  await ring();
  asked[1]?.reject(new Error('no connection'));
  await turn();
  expect([asked.length, due(), silences()]).toEqual([2, [10_000], 0]);
});

test('tells of silence after fifteen seconds, and goes on asking', async () => {
  const { asked, silences, due, ring } = heart();
  for (let beats = 1; beats <= 3; beats += 1) {
    await ring();
    await ring();
    expect([asked.length, silences(), due()]).toEqual([beats, beats, [10_000]]);
  }
});

test('hears an answer that lay in the socket while the process stood still', async () => {
  const { asked, silences, ring } = heart();
  await ring();
  // Both are there when it wakes: alarms ring before sockets are read.
  const answered = turn().then(() => asked[0]?.resolve());
  await ring();
  await answered;
  expect(silences()).toBe(0);
});

test('is over once it is stopped', async () => {
  const { beat, asked, silences, due, ring } = heart();
  await ring();
  beat.stop();
  expect(due()).toEqual([]);
  asked[0]?.resolve();
  await turn();
  expect([due(), silences()]).toEqual([[], 0]);
});
