/**
 * The same function, which works each answer out once, as long as it is among the last so many. What throws
 * is asked again.
 * @param kept how many answers
 */
export function remembered<Answer>(
  work: (text: string) => Answer,
  kept: number,
): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = work(text);
    answers.set(text, answer);
    const [oldest] = answers.keys();
    if (answers.size > kept && oldest !== undefined) answers.delete(oldest);
    return answer;
  };
}
