/** What a Zap does at each run, and what a task of its plan costs. */
export interface Pricing {
  /** Its steps after the trigger, which is free. */
  actionSteps: number;
  /** In whichever currency. */
  pricePerTask: number;
}

/**
 * What so many Zap runs use up: Zapier counts a task for each action step that succeeds.
 * @returns money not rounded: that is for whoever shows it
 */
export function tasksAndMoney(
  runs: number,
  { actionSteps, pricePerTask }: Pricing,
): { tasks: number; money: number } {
  const tasks = runs * actionSteps;
  return { tasks, money: tasks * pricePerTask };
}
