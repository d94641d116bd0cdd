import { expect, test } from '@jest/globals';
import { remembered } from '../../src/store/remembered.ts';

test('an answer is worked out once, as long as it is among the last so many', () => {
  const asked: string[] = [];
  const lengthOf = remembered((text) => {
    asked.push(text);
    return text.length;
  }, 2);
  expect(['a', 'a', '', '', 'a'].map(lengthOf)).toEqual([1, 1, 0, 0, 1]);
  expect(asked).toEqual(['a', '']);
  expect(['bc', 'a', 'bc'].map(lengthOf)).toEqual([2, 1, 2]);
  expect(asked).toEqual(['a', '', 'bc', 'a']);
});

test('what throws is asked again', () => {
  let tries = 0;
  const moody = remembered(() => {
    tries += 1;
    if (tries === 1) throw new Error('not now');
    return tries;
  }, 10);
  expect(() => moody('x')).toThrow('not now');
  expect(moody('x')).toBe(2);
});
