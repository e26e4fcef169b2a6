import { expect, it } from 'vitest';
import { causesOf, describeCause } from './cause.ts';

const thrown = () => {
  const reset = Object.assign(new Error('socket of secret-host'), { code: 'ECONNRESET' });
  return Object.assign(new TypeError('fetch of ?token=secret', { cause: reset }), {
    config: { headers: { authorization: 'Bearer secret' } },
  });
};

it('names every error of the chain and its code, and ends where a chain goes round', () => {
  expect(causesOf(thrown())).toEqual(['TypeError', 'Error', 'ECONNRESET']);
  const round: { name: string; cause?: unknown } = { name: 'Round' };
  round.cause = round;
  expect(causesOf(round)).toHaveLength(5);
  expect(causesOf('no error')).toEqual([]);
});

it('tells names, status, plain words and frames, and nothing of what the error said or held', () => {
  const error = thrown();
  const words = ['rate_limited', undefined, 'eyJhbGciOi.secret', 'x'.repeat(65)];
  const cause = describeCause(error, { httpStatus: 429, words });
  expect(cause.message).toBe('TypeError < Error < ECONNRESET: HTTP 429: rate_limited');
  expect(cause.stack).toContain('cause.test.ts');
  expect(`${cause.stack} ${JSON.stringify(cause)} ${cause.cause}`).not.toContain('secret');
  expect(describeCause(error, { words: [] }).message).toContain('no answer');
});
