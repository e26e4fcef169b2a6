import { errors } from 'undici';
import { describe, expect, test } from 'vitest';
import type { ProviderEnvironment, ProviderErrorKind } from '../contract/index.ts';
import { answering, serve } from '../google/local-server.ts';
import { classifyNotionError } from './classify.ts';
import { createNotionOAuth } from './oauth.ts';
import { createNotion } from './transport.ts';

const signal = AbortSignal.timeout(10_000);
const environmentAt = (origin: string): ProviderEnvironment => ({
  ...{ live: false, origins: { api: origin } },
  ...{ clientId: 'client', clientSecret: 'secret-client-secret' },
});

/** What a call comes to when Notion answers like this. */
async function failureOf(status: number, body: object, headers: Record<string, string> = {}) {
  const origin = await serve(answering(status, { object: 'error', status, ...body }, headers));
  const notion = createNotion(environmentAt(origin), { accessToken: 'ntn-secret-token' });
  return notion(signal, (client) => client.users.me({})).then(
    () => expect.unreachable('the call should fail'),
    (error: unknown) => error as ReturnType<typeof classifyNotionError>,
  );
}

const plain: [status: number, code: string, kind: ProviderErrorKind][] = [
  [400, 'validation_error', 'invalid_request'],
  [400, 'missing_version', 'invalid_request'],
  [401, 'unauthorized', 'token_rejected'],
  [403, 'restricted_resource', 'forbidden'],
  [404, 'object_not_found', 'not_found'],
  [409, 'conflict_error', 'transient'],
  [500, 'internal_server_error', 'transient'],
  [502, 'bad_gateway', 'transient'],
  [503, 'service_unavailable', 'transient'],
  [504, 'gateway_timeout', 'transient'],
];

test.each(plain)('HTTP %i %s is %s', async (status, code, kind) => {
  expect(await failureOf(status, { code, message: 'm' })).toMatchObject({ kind, httpStatus: status });
});

describe('limits', () => {
  const limited = (reason: string) => ({
    ...{ code: 'rate_limited', message: 'm' },
    additional_data: { rate_limit_reason: reason, retry_after: '9' },
  });

  test('of a connection and of a workspace are told apart, with the time that Notion names', async () => {
    const connection = await failureOf(429, limited('public_api_request_rate_limit'), { 'Retry-After': '7' });
    expect(connection).toMatchObject({ kind: 'rate_limited', retryAfterMs: 7000, limitOf: 'grant' });
    const workspace = await failureOf(429, limited('public_api_space_request_rate_limit'));
    expect(workspace).toMatchObject({ kind: 'rate_limited', retryAfterMs: 9000, limitOf: 'account' });
  });

  test('that no waiting lifts are no limits to wait for', async () => {
    expect(await failureOf(429, limited('public_api_request_blocked'))).toMatchObject({ kind: 'blocked' });
  });

  test('overload is a passing fault with its time', async () => {
    const failure = await failureOf(529, { code: 'service_overload', message: 'm' }, { 'Retry-After': '3' });
    expect(failure).toMatchObject({ kind: 'transient', httpStatus: 529, retryAfterMs: 3000 });
  });
});

describe('the token endpoint', () => {
  const refreshAt = async (status: number, body: object) => {
    const oauth = createNotionOAuth(environmentAt(await serve(answering(status, body))));
    return oauth.refresh({ accessToken: 'a', refreshToken: 'r' }, signal).catch((error: unknown) => error);
  };

  test('says with invalid_grant, which the SDK does not know, that the grant is gone', async () => {
    expect(await refreshAt(400, { object: 'error', code: 'invalid_grant', message: 'm' })).toMatchObject({
      kind: 'auth_revoked',
    });
    expect(await refreshAt(400, { error: 'invalid_grant' })).toMatchObject({ kind: 'auth_revoked' });
  });

  test('says with 401 that the app itself is refused, not the person', async () => {
    expect(await refreshAt(401, { object: 'error', code: 'unauthorized', message: 'm' })).toMatchObject({
      kind: 'invalid_request',
    });
  });

  test('is asked with Basic authentication and JSON, and its answer has no lifetime', async () => {
    let seen: { authorization?: string | undefined; type?: string | undefined; body: string } = { body: '' };
    const origin = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen = {
          authorization: request.headers.authorization,
          type: request.headers['content-type'],
          body,
        };
        answering(200, { access_token: 'new', refresh_token: 'next', token_type: 'bearer' })(
          request,
          response,
        );
      });
    });
    const tokens = await createNotionOAuth(environmentAt(origin)).refresh(
      { accessToken: 'old', refreshToken: 'spent' },
      signal,
    );
    expect(tokens).toEqual({ accessToken: 'new', refreshToken: 'next' });
    expect(seen.authorization).toBe(`Basic ${btoa('client:secret-client-secret')}`);
    expect(seen.type).toMatch(/^application\/json/);
    expect(JSON.parse(seen.body)).toEqual({ grant_type: 'refresh_token', refresh_token: 'spent' });
  });

  test('gives nothing to refresh where no refresh token came', async () => {
    const oauth = createNotionOAuth(environmentAt('http://127.0.0.1:9'));
    await expect(oauth.refresh({ accessToken: 'a' }, signal)).rejects.toMatchObject({ kind: 'auth_revoked' });
  });
});

test('a refused connection, a cut body and a cancelled call are passing faults', async () => {
  const nowhere = createNotion(environmentAt('http://127.0.0.1:9'), { accessToken: 't' });
  await expect(nowhere(signal, (client) => client.users.me({}))).rejects.toMatchObject({ kind: 'transient' });
  const origin = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"object":', () => response.destroy());
  });
  const cut = createNotion(environmentAt(origin), { accessToken: 't' });
  await expect(cut(signal, (client) => client.users.me({}))).rejects.toMatchObject({ kind: 'transient' });
  const cancelled = AbortSignal.abort();
  await expect(cut(cancelled, (client) => client.users.me({}))).rejects.toMatchObject({ kind: 'transient' });
});

test('a connection on which Notion fell silent has its own words', () => {
  const silent = new TypeError('The request did not go through.', { cause: new errors.BodyTimeoutError() });
  expect(classifyNotionError(silent)).toMatchObject({
    ...{ kind: 'transient', message: 'Notion did not answer in time.' },
  });
});

test('no error carries a token or what Notion wrote', async () => {
  const failure = await failureOf(400, { code: 'validation_error', message: 'page "Salaries" is wrong' });
  const told = JSON.stringify({ ...failure, message: failure.message, stack: failure.stack }) + failure.cause;
  expect(told).not.toMatch(/Salaries|ntn-secret-token/);
});

test('what is no failure of a call is not waited out', () => {
  expect(classifyNotionError(new RangeError('a bug'))).toMatchObject({ kind: 'schema_drift' });
});
