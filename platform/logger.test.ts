import { expect, it } from 'vitest';
import { describeError } from './logger.ts';

it('keeps request headers, query parameters and rows out of the log', () => {
  const cause = Object.assign(new Error('duplicate key value'), {
    code: '23505',
    detail: 'Key (email)=(ada@example.com)',
  });
  const error = Object.assign(new Error('Failed query: insert … params: ada@example.com', { cause }), {
    config: { headers: { authorization: 'Bearer secret' } },
  });
  const line = JSON.stringify(describeError(error));
  expect(line).not.toMatch(/ada@example|secret/);
  expect(describeError(error).cause?.code).toBe('23505');
});
