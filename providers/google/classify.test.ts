import type { RequestListener } from 'node:http';
import { people_v1 } from '@googleapis/people';
import { expect, test } from 'vitest';
import { ProviderError } from '../contract/index.ts';
import { classifyGoogleError, type GoogleCall } from './classify.ts';
import { answering, environmentAt, serve } from './local-server.ts';
import { createGoogleOAuth } from './oauth.ts';
import { callGoogle } from './transport.ts';
import { askWhoAmI } from './who-am-i.ts';

const calendarBody = (code: number, reason: string, location?: string) => ({
  error: { code, message: 'secret-record-content', errors: [{ domain: 'x', reason, location }] },
});
const peopleBody = (code: number, status: string, reason?: string) => ({
  error: {
    code,
    status,
    message: 'secret-record-content',
    details: reason === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }],
  },
});

async function listFrom(listener: RequestListener, call: GoogleCall = {}): Promise<ProviderError> {
  const people = new people_v1.People({ rootUrl: await serve(listener) });
  const request = { accessToken: 'secret-token', signal: new AbortController().signal, ...call };
  const failure = await callGoogle(request, (options) =>
    people.people.connections.list({ resourceName: 'people/me', syncToken: 'secret-sync-token' }, options),
  ).then(
    () => expect.unreachable('the call should fail'),
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ProviderError);
  return failure as ProviderError;
}

const cursor = { withCursor: true };
const cases: [string, number, unknown, ProviderError['kind'], GoogleCall?][] = [
  ['an expired access token', 401, calendarBody(401, 'authError', 'Authorization'), 'token_rejected'],
  ['a missing scope, Calendar style', 403, calendarBody(403, 'insufficientPermissions'), 'forbidden'],
  ['a foreign calendar', 403, calendarBody(403, 'forbidden'), 'blocked'],
  [
    'a missing scope, People style',
    403,
    peopleBody(403, 'PERMISSION_DENIED', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'),
    'forbidden',
  ],
  ['a refusal without a reason', 403, peopleBody(403, 'PERMISSION_DENIED'), 'forbidden'],
  ['an app that an administrator keeps out', 403, calendarBody(403, 'access_denied'), 'forbidden'],
  ['a switched-off API', 403, peopleBody(403, 'PERMISSION_DENIED', 'SERVICE_DISABLED'), 'blocked'],
  ['a switched-off API, Calendar style', 403, calendarBody(403, 'accessNotConfigured'), 'blocked'],
  ['a reason that we do not know', 403, peopleBody(403, 'PERMISSION_DENIED', 'CONSUMER_INVALID'), 'blocked'],
  ['403 without a body', 403, null, 'blocked'],
  ['403 rateLimitExceeded', 403, calendarBody(403, 'rateLimitExceeded'), 'rate_limited'],
  ['403 userRateLimitExceeded', 403, calendarBody(403, 'userRateLimitExceeded'), 'rate_limited'],
  ['403 quotaExceeded', 403, calendarBody(403, 'quotaExceeded'), 'rate_limited'],
  ['429', 429, peopleBody(429, 'RESOURCE_EXHAUSTED'), 'rate_limited'],
  ['500 backendError', 500, calendarBody(500, 'backendError'), 'transient'],
  ['503 without a body', 503, null, 'transient'],
  ['410 fullSyncRequired', 410, calendarBody(410, 'fullSyncRequired', 'syncToken'), 'cursor_expired'],
  ['410 updatedMinTooLongAgo', 410, calendarBody(410, 'updatedMinTooLongAgo'), 'cursor_expired'],
  [
    '400 EXPIRED_SYNC_TOKEN',
    400,
    peopleBody(400, 'FAILED_PRECONDITION', 'EXPIRED_SYNC_TOKEN'),
    'cursor_expired',
  ],
  [
    '410 EXPIRED_SYNC_TOKEN',
    410,
    peopleBody(410, 'FAILED_PRECONDITION', 'EXPIRED_SYNC_TOKEN'),
    'cursor_expired',
  ],
  [
    'a bare failed precondition on a cursor',
    400,
    peopleBody(400, 'FAILED_PRECONDITION'),
    'cursor_expired',
    cursor,
  ],
  ['an unreadable page token', 400, calendarBody(400, 'invalid', 'pageToken'), 'cursor_expired', cursor],
  ['an unreadable sync token', 400, peopleBody(400, 'INVALID_ARGUMENT'), 'cursor_expired', cursor],
  ['a failed precondition on a write', 400, calendarBody(400, 'failedPrecondition'), 'stale_version'],
  ['412 conditionNotMet', 412, calendarBody(412, 'conditionNotMet', 'If-Match'), 'stale_version'],
  ['404', 404, calendarBody(404, 'notFound'), 'not_found'],
  ['410 deleted', 410, calendarBody(410, 'deleted'), 'not_found'],
  ['400 invalid argument', 400, peopleBody(400, 'INVALID_ARGUMENT'), 'invalid_request'],
  ['409 duplicate', 409, calendarBody(409, 'duplicate'), 'already_exists'],
  ['409 already exists', 409, peopleBody(409, 'ALREADY_EXISTS'), 'already_exists'],
  ['409 aborted by a change at the same time', 409, peopleBody(409, 'ABORTED'), 'transient'],
  ['a stale etag, People style', 400, peopleBody(400, 'FAILED_PRECONDITION'), 'stale_version'],
];

for (const [name, status, body, kind, call] of cases) {
  test(`${name} is ${kind}, and nothing of the call or the record shows`, async () => {
    const failure = await listFrom(answering(status, body), call);
    expect(failure).toMatchObject({ kind, httpStatus: status, retryAfterMs: undefined });
    expectNoSecrets(failure);
  });
}

test('a missing scope is named by the call that needed it', async () => {
  const answer = answering(403, calendarBody(403, 'insufficientPermissions'));
  expect(await listFrom(answer, { scope: 'the-scope' })).toMatchObject({ missing: 'the-scope' });
});

test('an API that is not enabled says what the operator has to do', async () => {
  const failure = await listFrom(answering(403, calendarBody(403, 'accessNotConfigured')));
  expect(failure.message).toMatch(/whoever runs Harmony enables it/);
});

test('Retry-After is honoured in seconds and as a date, on limits and on outages', async () => {
  const limited = await listFrom(answering(429, {}, { 'retry-after': '7' }));
  expect(limited).toMatchObject({ kind: 'rate_limited', retryAfterMs: 7000 });
  const date = new Date(Date.now() + 60_000).toUTCString();
  const down = await listFrom(answering(503, {}, { 'retry-after': date }));
  expect(down.kind).toBe('transient');
  expect(down.retryAfterMs).toBeGreaterThan(50_000);
  expect(down.retryAfterMs).toBeLessThanOrEqual(60_000);
});

test('a call goes out once, whatever the answer', async () => {
  let calls = 0;
  await listFrom((request, response) => {
    calls += 1;
    answering(503, null)(request, response);
  });
  expect(calls).toBe(1);
});

test('a broken connection and a body that stops halfway are transient', async () => {
  const broken = await listFrom((_request, response) => response.socket?.destroy());
  expect(broken).toMatchObject({ kind: 'transient', httpStatus: undefined });
  expectNoSecrets(broken);
  const cut = await listFrom((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"connections":[');
    setTimeout(() => response.socket?.destroy(), 20);
  });
  expect(cut.kind).toBe('transient');
});

test('a failed write says whether it may have been carried out', async () => {
  const outcome = async (listener: RequestListener) =>
    (await listFrom(listener, { write: true })).outcomeUnknown;
  for (const status of [500, 503, 408]) expect(await outcome(answering(status, {}))).toBe(true);
  for (const status of [400, 401, 403, 404, 409, 429])
    expect(await outcome(answering(status, {}))).toBe(false);
  expect(await outcome((_request, response) => response.socket?.destroy())).toBe(true);
  expect((await listFrom(answering(503, {}))).outcomeUnknown).toBe(false);
});

test('a write that never left has a known outcome', async () => {
  const unreachable = new people_v1.People({ rootUrl: 'http://127.0.0.1:1' });
  const create = (signal: AbortSignal) =>
    callGoogle({ accessToken: 't', signal, write: true }, (options) =>
      unreachable.people.createContact({ requestBody: {} }, options),
    );
  const known = { kind: 'transient', outcomeUnknown: false };
  await expect(create(new AbortController().signal)).rejects.toMatchObject(known);
  await expect(create(AbortSignal.abort())).rejects.toMatchObject(known);
});

test('a refused connection is transient', async () => {
  const people = new people_v1.People({ rootUrl: 'http://127.0.0.1:1' });
  const call = callGoogle({ accessToken: 't', signal: new AbortController().signal }, (options) =>
    people.contactGroups.list({}, options),
  );
  await expect(call).rejects.toMatchObject({ kind: 'transient' });
});

test('an abort ends a call that hangs, and a call with an aborted signal never leaves', async () => {
  let calls = 0;
  const people = new people_v1.People({
    rootUrl: await serve(() => {
      calls += 1;
    }),
  });
  const list = (signal: AbortSignal) =>
    callGoogle({ accessToken: 't', signal }, (options) => people.contactGroups.list({}, options));
  await expect(list(AbortSignal.timeout(50))).rejects.toMatchObject({ kind: 'transient' });
  await expect(list(AbortSignal.abort())).rejects.toMatchObject({ kind: 'transient' });
  expect(calls).toBe(1);
});

test('sessions reuse sockets', async () => {
  const sockets = new Set<unknown>();
  const rootUrl = await serve((request, response) => {
    sockets.add(request.socket);
    answering(200, { contactGroups: [] })(request, response);
  });
  for (let call = 0; call < 5; call++) {
    const people = new people_v1.People({ rootUrl });
    await callGoogle({ accessToken: 't', signal: new AbortController().signal }, (options) =>
      people.contactGroups.list({}, options),
    );
  }
  expect(sockets.size).toBe(1);
});

const tokenAnswers: [string, number, unknown, ProviderError['kind'], Record<string, string>?][] = [
  ['invalid_grant', 400, { error: 'invalid_grant', error_description: 'secret-token' }, 'auth_revoked'],
  ['invalid_client', 401, { error: 'invalid_client' }, 'invalid_request'],
  [
    'invalid_client with a challenge',
    401,
    { error: 'invalid_client' },
    'invalid_request',
    { 'www-authenticate': 'Bearer realm="x"' },
  ],
  ['an outage', 503, 'down', 'transient'],
  ['a limit', 429, { error: 'rate_limit_exceeded' }, 'rate_limited', { 'retry-after': '3' }],
  ['an answer without a token', 200, { token_type: 'Bearer' }, 'schema_drift'],
];
for (const [name, status, body, kind, headers] of tokenAnswers) {
  test(`the token endpoint's ${name} is ${kind}, and no token shows`, async () => {
    const failure = await refreshAt(await serve(answering(status, body, headers)));
    expect(failure).toMatchObject({ kind });
    expectNoSecrets(failure as ProviderError);
  });
}

test('a refresh keeps the refresh token and the scopes that Google leaves out', async () => {
  const origin = await serve(answering(200, { access_token: 'new', token_type: 'Bearer', expires_in: 3600 }));
  expect(await refreshAt(origin)).toMatchObject({
    accessToken: 'new',
    refreshToken: 'secret-token',
    scopes: ['a'],
  });
});

test('a refused or limited account question is classified like any other call', async () => {
  const ask = async (listener: RequestListener) =>
    askWhoAmI({
      accessToken: 'secret-token',
      environment: environmentAt(await serve(listener)),
      signal: new AbortController().signal,
    });
  const challenge = { 'www-authenticate': 'Bearer realm="x", error="invalid_token"' };
  await expect(ask(answering(401, {}, challenge))).rejects.toMatchObject({ kind: 'token_rejected' });
  await expect(ask(answering(401, {}))).rejects.toMatchObject({ kind: 'token_rejected' });
  await expect(ask(answering(403, calendarBody(403, 'rateLimitExceeded')))).rejects.toMatchObject({
    kind: 'rate_limited',
  });
  await expect(ask(answering(200, { email: 'ada@example.com' }))).rejects.toMatchObject({
    kind: 'schema_drift',
  });
  expect(await ask(answering(200, { id: '7', email: 'ada@example.com' }))).toEqual({
    id: '7',
    name: 'ada@example.com',
    email: 'ada@example.com',
  });
});

test('a bug in the adapter is no reason to try again', () => {
  expect(classifyGoogleError(new TypeError('x is not a function')).kind).toBe('schema_drift');
});

function refreshAt(origin: string): Promise<unknown> {
  const tokens = { accessToken: 'secret-token', refreshToken: 'secret-token', scopes: ['a'] };
  return createGoogleOAuth(environmentAt(origin), [])
    .refresh(tokens, new AbortController().signal)
    .catch((error: unknown) => error);
}

function expectNoSecrets(error: ProviderError): void {
  const cause = error.cause as Error;
  const shown = [error.message, error.stack, cause.message, cause.stack, JSON.stringify(error)].join('\n');
  expect(shown).not.toContain('secret-');
}
