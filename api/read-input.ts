/** Checks what came in against its schema; every wrong or unknown field gets an entry of its own. */
import type { z } from 'zod';
import type { Problem } from './contract/problem.ts';
import { notFound, ProblemError } from './problem.ts';
import { findUnstorable } from './storable-text.ts';

export type InputPart = 'params' | 'query' | 'body';

/** Throws a 400 problem; for path parameters a 404, as an id of another shape names nothing. */
export function readInput<Schema extends z.ZodType>(
  part: InputPart,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  // A cursor is never stored, and whoever decodes it says what is wrong with it.
  const errors = parsed.success
    ? findUnstorable(value).filter(({ path }) => part !== 'query' || path !== 'cursor')
    : parsed.error.issues.flatMap(toErrors);
  if (parsed.success && errors.length === 0) return parsed.data;
  if (part === 'params') throw notFound('resource');
  throw new ProblemError('invalid_request', {
    detail: `The ${part === 'body' ? 'body' : 'query string'} has fields that are missing, wrong or unknown.`,
    errors,
  });
}

function toErrors(issue: z.core.$ZodIssue): NonNullable<Problem['errors']> {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'This field is not known.' }));
  }
  // Zod says only that a key is wrong; why, its own issues say.
  if (issue.code === 'invalid_key')
    return issue.issues.map(({ message }) => ({ path: path.join('.'), message }));
  return [{ path: path.join('.'), message: issue.message }];
}
