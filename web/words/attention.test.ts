import { expect, test } from 'vitest';
import { remedyOf } from './attention.ts';

test('what leads to a plan is told by the names of its buttons, all else as it came', () => {
  const remedy = 'Look at the plan and apply it, or reject it.';
  for (const code of ['run_parked', 'plan_needed'])
    expect(remedyOf({ code, remedy })).toMatch(/carry it out.* turn it down/i);
  expect(remedyOf({ code: 'rate_limited', remedy })).toBe(remedy);
});
