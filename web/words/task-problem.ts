/** Why a task was not written, in words, and where the one thing that helps is done. */
import { ApiProblem, describeProblem, type ProblemWords } from '../api/problem.ts';

export interface TaskProblemWords extends ProblemWords {
  /** Of the integration: where people are mapped, or where one signs in again. */
  readonly way?: 'users' | 'integration';
}

export function describeTaskProblem(error: unknown): TaskProblemWords {
  if (!(error instanceof ApiProblem)) return describeProblem(error);
  switch (error.code) {
    case 'assignee_unmapped':
      return {
        title: 'That person can’t be assigned yet',
        text: `${error.detail} Say under Users who they are there, or choose somebody else: what you entered is kept.`,
        way: 'users',
      };
    case 'conflict':
      return {
        title: 'Somebody changed it meanwhile',
        text: 'Their change is shown now, and nothing was overwritten. Repeat yours if you still want it.',
      };
    case 'reauth_required':
    case 'missing_scope':
      return { ...describeProblem(error), way: 'integration' };
    default:
      return describeProblem(error);
  }
}
