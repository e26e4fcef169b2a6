/** Whether what a person decides on a plan's ambiguous matches is what the plan asks. */
import type { PlanRow } from '../db/queries/contact-plans.ts';
import type { PlanDecision } from './contract/plan.ts';
import { reviewGroupsOf } from './present-plan.ts';
import { ProblemError } from './problem.ts';

/** Throws the 422 problem with an entry for each id that is under review in no group, in another one, or decided on before. */
export function requireDecisions(plan: Pick<PlanRow, 'review'>, decisions: readonly PlanDecision[]): void {
  const groupOf = new Map(
    reviewGroupsOf(plan).flatMap(({ contactIds, resourceNames }, group) => [
      ...contactIds.map((id) => [`contactId ${id}`, group] as const),
      ...resourceNames.map((id) => [`remoteId ${id}`, group] as const),
    ]),
  );
  const decided = new Set<string>();
  const errors = decisions.flatMap((decision, index) => {
    const named = (['contactId', 'remoteId'] as const).filter((side) => decision[side] !== null);
    const groups = named.map((side) => groupOf.get(`${side} ${decision[side]}`));
    return named.flatMap((side, at) => {
      const key = `${side} ${decision[side]}`;
      const isTwice = decided.has(key);
      decided.add(key);
      const path = `decisions.${index}.${side}`;
      if (groups[at] === undefined) return [{ path, message: 'The plan does not ask about it.' }];
      if (isTwice) return [{ path, message: 'There is a decision on it already.' }];
      const isElsewhere = groups[0] !== undefined && groups[at] !== groups[0];
      return isElsewhere ? [{ path, message: 'It is in another group than the contact.' }] : [];
    });
  });
  const [first] = errors;
  if (first === undefined) return;
  throw new ProblemError('invalid_request', {
    status: 422,
    detail: `${errors.length} of the ids can not be decided on: ${first.path}: ${first.message}`,
    remedy: 'Take ids of one group of the plan’s `review` for a decision, each of them once.',
    errors,
  });
}
