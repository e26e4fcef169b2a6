import { expect, test } from 'vitest';
import { ApiProblem, UnreachableError } from '../api/problem.ts';
import { describeTaskProblem } from './task-problem.ts';

const problem = (code: string, detail: string) =>
  new ApiProblem({ status: 422, code, title: 'Refused', detail, remedy: 'Do something.' });

test('who is deactivated at the provider is said to be that, and Users is where it is mended', () => {
  const { text, way } = describeTaskProblem(
    problem(
      'assignee_unmapped',
      'Grace (grace@example.com) is Grace H. in Linear, who is deactivated there.',
    ),
  );
  expect(text).toMatch(/^Grace \(grace@example.com\) is Grace H. in Linear, who is deactivated there. Say/);
  expect(way).toBe('users');
});

test.each(['reauth_required', 'missing_scope'])('%s leads to where one signs in again', (code) => {
  expect(describeTaskProblem(problem(code, 'No longer accepted.'))).toEqual({
    title: 'Refused',
    text: 'No longer accepted. Do something.',
    way: 'integration',
  });
});

test('anything else is told as it is, and leads nowhere', () => {
  expect(describeTaskProblem(problem('write_refused', 'Too long.')).way).toBeUndefined();
  expect(describeTaskProblem(new UnreachableError('away')).way).toBeUndefined();
});
