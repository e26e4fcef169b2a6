import { expect, it } from 'vitest';
import { redactPath } from './app.ts';

it('logs no query string and no hop token', () => {
  expect(redactPath('/oauth/callback?code=secret&state=secret')).toBe('/oauth/callback');
  expect(redactPath('/oauth/start/ho_secret')).toBe('/oauth/start/[redacted]');
  expect(redactPath('/v1/contacts?email=a')).toBe('/v1/contacts');
});
