/** Request bodies, checked against a schema and refused in Notion's words. */
import { z } from 'zod';
import type { Call } from '../core/call.ts';
import { NotionError, validationError } from './errors.ts';

const MAX_BODY_BYTES = 500_000;

/** The body as JSON; `{}` where it is empty. Throws 400 invalid_json, or validation_error where it is too large. */
export function readJson(call: Call): unknown {
  if (call.body.length > MAX_BODY_BYTES)
    throw validationError(
      `body failed validation: the request body should be at most ${MAX_BODY_BYTES} bytes.`,
    );
  try {
    return call.json() ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) throw new NotionError(400, 'invalid_json', 'Error parsing JSON body.');
    throw error;
  }
}

/** @param at where the value stands in the request, for the message */
export function parseBody<T>(schema: z.ZodType<T>, value: unknown, at = 'body'): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw validationError(`body failed validation: ${describe(innermost(parsed.error.issues), value, at)}`);
}

/** Of a union, what is wrong with the member that got furthest. */
function innermost(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const first = issues[0] as z.core.$ZodIssue;
  if (first.code !== 'invalid_union' || first.errors.length === 0) return first;
  const candidates = first.errors.filter((one) => one.length > 0).map((one) => innermost(one));
  const deepest = candidates.sort((a, b) => b.path.length - a.path.length)[0];
  return deepest === undefined ? first : { ...deepest, path: [...first.path, ...deepest.path] };
}

function describe(issue: z.core.$ZodIssue, body: unknown, at: string): string {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  if (issue.code === 'unrecognized_keys') return `${at}${path}.${issue.keys[0]} should be not present.`;
  const value = issue.path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part],
    body,
  );
  const shown = value === undefined ? 'undefined' : JSON.stringify(value).slice(0, 100);
  const expectation = issue.message.startsWith('Invalid input: expected ')
    ? value === undefined
      ? 'should be defined'
      : `should be ${issue.message.slice(24).replace(/, received.*/, '')}`
    : issue.message;
  return `${at}${path} ${expectation}, instead was \`${shown}\`.`;
}

export const pageSize = z.int().min(1).max(100, 'should be less than or equal to `100`').optional();
export const startCursor = z.string().nullish();

/** Paging of GET lists: `page_size` and `start_cursor` from the query. */
export function queryPaging(call: Call): { size: number; cursor: string | undefined } {
  const text = call.query.get('page_size');
  const size =
    text === null ? 100 : parseBody(z.coerce.number().pipe(pageSize.unwrap()), text, 'query.page_size');
  return { size, cursor: call.query.get('start_cursor') ?? undefined };
}
