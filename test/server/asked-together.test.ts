import { describe, expect, test } from '@jest/globals';
import { AskedTogether } from '../../src/server/asked-together.ts';

/** Knows what every key stands for just now, and what it was asked. */
function asked(known: Record<string, number>) {
  const questions: string[][] = [];
  const together = new AskedTogether(async (keys: string[]) => {
    questions.push(keys);
    if (keys.includes('broken')) throw new Error('no answer');
    return new Map(keys.flatMap((key) => (key in known ? [[key, known[key]]] : [])));
  });
  return { together, questions };
}

describe('what is wanted within one turn', () => {
  test('is asked with one question, each key once', async () => {
    const { together, questions } = asked({ a: 1, b: 2 });
    const answers = await Promise.all(['a', 'b', 'none', 'a'].map((key) => together.get(key)));
    expect(answers).toEqual([1, 2, undefined, 1]);
    expect(questions).toEqual([['a', 'b', 'none']]);
  });

  test('is asked after it was wanted, also right after an answer', async () => {
    const known: Record<string, number> = { a: 1 };
    const { together, questions } = asked(known);
    const first = together.get('a');
    const second = first.then(() => {
      delete known.a;
      return together.get('a');
    });
    expect([await first, await second]).toEqual([1, undefined]);
    expect(questions).toEqual([['a'], ['a']]);
  });

  test('fails together, and the next question is another', async () => {
    const { together } = asked({ a: 1 });
    const results = await Promise.allSettled([together.get('a'), together.get('broken')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await together.get('a')).toBe(1);
  });
});
