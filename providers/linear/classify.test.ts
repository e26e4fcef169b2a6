import { LinearGraphQLClient } from '@linear/sdk';
import { expect, it, vi } from 'vitest';
import { classifyLinearError, untilRefilledMs } from './classify.ts';

/** What the SDK throws for an answer. */
async function thrownFor(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  vi.stubGlobal(
    'fetch',
    async () => new Response(text, { status, headers: { 'content-type': type, ...headers } }),
  );
  try {
    return await new LinearGraphQLClient('http://127.0.0.1:9').rawRequest('{ secretQuery }').then(
      () => undefined,
      (error: unknown) => error,
    );
  } finally {
    vi.unstubAllGlobals();
  }
}

const failing = (code: string, type: string, message = 'x') => ({
  errors: [{ message, extensions: { code, type, userPresentableMessage: `Please: ${message}` } }],
});

it.each([
  [400, failing('RATELIMITED', 'ratelimited'), 'rate_limited'],
  [400, { errors: [{ message: 'x', extensions: { code: 'RATELIMITED' } }] }, 'rate_limited'],
  [400, { errors: [{ message: 'x', extensions: { type: 'ratelimited' } }] }, 'rate_limited'],
  [429, 'slow down', 'rate_limited'],
  [401, failing('AUTHENTICATION_ERROR', 'authentication error'), 'token_rejected'],
  [401, { errors: [{ message: 'x', extensions: { code: 'AUTHENTICATION_ERROR' } }] }, 'token_rejected'],
  [401, { message: 'x' }, 'token_rejected'],
  [401, 'who', 'token_rejected'],
  [403, failing('FORBIDDEN', 'forbidden'), 'forbidden'],
  [400, failing('FEATURE', 'feature not accessible'), 'forbidden'],
  [200, failing('INPUT_ERROR', 'invalid input', 'Entity not found: Issue'), 'not_found'],
  [200, failing('INPUT_ERROR', 'invalid input'), 'invalid_request'],
  [400, failing('GRAPHQL_VALIDATION_FAILED', 'graphql error'), 'invalid_request'],
  [200, failing('INTERNAL_SERVER_ERROR', 'internal error'), 'transient'],
  [200, failing('LOCK_TIMEOUT', 'lock timeout'), 'transient'],
  [502, '<html>Bad gateway</html>', 'transient'],
  [404, 'nothing', 'not_found'],
  [200, '<html>A page</html>', 'schema_drift'],
  [200, { neither: 'data nor errors' }, 'schema_drift'],
] as const)('tells an answer of %i with %j apart: %s', async (status, body, kind) => {
  expect(classifyLinearError(await thrownFor(status, body))).toMatchObject({ kind, httpStatus: status });
});

it('tells a deadline, a cancellation and a broken connection from a bug', () => {
  const timeout = new DOMException('late', 'TimeoutError');
  expect(classifyLinearError(timeout).kind).toBe('transient');
  expect(classifyLinearError(new DOMException('stop', 'AbortError')).kind).toBe('transient');
  const broken = new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) });
  expect(classifyLinearError(broken).kind).toBe('transient');
  expect(classifyLinearError(new SyntaxError('Unexpected end of JSON input')).kind).toBe('transient');
  expect(classifyLinearError(new RangeError('a bug')).kind).toBe('schema_drift');
});

it('honours Retry-After, and waits until an exhausted bucket is full, a minute at most', async () => {
  const limited = failing('RATELIMITED', 'ratelimited');
  const hinted = await thrownFor(400, limited, { 'Retry-After': '7' });
  expect(classifyLinearError(hinted).retryAfterMs).toBe(7000);
  const headers = (name: string, remaining: number, inMs: number) =>
    new Headers({
      [`x-ratelimit-${name}-remaining`]: String(remaining),
      [`x-ratelimit-${name}-reset`]: String(Date.now() + inMs),
      'x-complexity': '1500',
    });
  expect(untilRefilledMs(headers('requests', 0, 20_000))).toBeGreaterThan(19_000);
  expect(untilRefilledMs(headers('complexity', 1400, 20_000))).toBeGreaterThan(19_000);
  expect(untilRefilledMs(headers('requests', 0, 3_600_000))).toBe(60_000);
  expect(untilRefilledMs(headers('requests', 0, -5))).toBe(1000);
  expect(untilRefilledMs(undefined)).toBe(60_000);
});

it('passes Linear’s own words on for writes alone, and never the query or its answer', async () => {
  const thrown = await thrownFor(200, failing('INPUT_ERROR', 'invalid input', 'title is too long'));
  expect(classifyLinearError(thrown, { isWrite: true }).message).toContain('Please: title is too long');
  const read = classifyLinearError(thrown);
  expect(`${read.message} ${(read.cause as Error).message} ${(read.cause as Error).stack}`).not.toMatch(
    /title is too long|secretQuery/,
  );
});
