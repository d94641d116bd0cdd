import { expect, test } from '@jest/globals';
import { tasksAndMoney } from '../../src/core/costs.ts';

test.each([
  ['one action: a task for each run', 600, { actionSteps: 1, pricePerTask: 0.02 }, 600, 12],
  ['two actions: twice that', 600, { actionSteps: 2, pricePerTask: 0.02 }, 1200, 24],
  ['no runs', 0, { actionSteps: 3, pricePerTask: 0.02 }, 0, 0],
  ['a Zap without actions, whose trigger is free', 600, { actionSteps: 0, pricePerTask: 1 }, 0, 0],
])('%s', (_what, runs, pricing, tasks, money) => {
  expect(tasksAndMoney(runs, pricing)).toEqual({ tasks, money });
});
