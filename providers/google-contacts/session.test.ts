import { expect, test } from 'vitest';
import type { Cursor } from '../contract/index.ts';
import { serveInTurn } from '../google/local-server.ts';
import { openContactsSession } from './session.ts';

const signal = new AbortController().signal;

test('an increment of the contacts repeats the parameters of the complete listing', async () => {
  const { environment, asked } = await serveInTurn([
    { connections: [{ resourceName: 'people/c1' }], nextPageToken: 'p1', totalItems: 2 },
    { connections: [{ resourceName: 'people/c2' }], nextSyncToken: 's1', totalItems: 2 },
    { nextSyncToken: 's2' },
  ]);
  const session = openContactsSession({ accessToken: 't' }, environment);
  let cursor: Cursor | null = null;
  const totals: (number | undefined)[] = [];
  for (let page = 0; page < 3; page++) {
    const answer = await session.fetchPage({ stream: 'contacts', cursor, signal });
    totals.push(answer.total);
    cursor = answer.next.cursor;
  }
  expect(totals).toEqual([2, 2, undefined]);
  const queries = asked.map(({ searchParams }) => Object.fromEntries(searchParams));
  const constant = {
    personFields: expect.stringContaining('clientData'),
    sources: 'READ_SOURCE_TYPE_CONTACT',
    pageSize: '1000',
    requestSyncToken: 'true',
  };
  expect(queries).toEqual([constant, { ...constant, pageToken: 'p1' }, { ...constant, syncToken: 's1' }]);
  expect(new Set(queries.map(({ personFields }) => personFields)).size).toBe(1);
});

test('an empty answer without any token is no complete listing of nothing', async () => {
  const { environment } = await serveInTurn([{}]);
  const session = openContactsSession({ accessToken: 't' }, environment);
  await expect(session.fetchPage({ stream: 'contacts', cursor: null, signal })).rejects.toThrow(
    expect.objectContaining({ kind: 'schema_drift' }),
  );
});

test('only a clear "not found" or a tombstone confirms that a contact is gone', async () => {
  const entry = (id: string, more: object) => ({ requestedResourceName: `people/${id}`, ...more });
  const { environment, asked } = await serveInTurn([
    {
      responses: [
        entry('missing', { status: { code: 5 } }),
        entry('old-form', { httpStatusCode: 404 }),
        entry('deleted', { person: { resourceName: 'people/deleted', metadata: { deleted: true } } }),
        entry('forbidden', { status: { code: 7 } }),
        entry('never-asked', { status: { code: 5 } }),
      ],
    },
  ]);
  const session = openContactsSession({ accessToken: 't' }, environment);
  const names = ['missing', 'old-form', 'deleted', 'forbidden', 'left-out'];
  const remoteIds = names.map((name) => `people/${name}`);
  expect(await session.confirmGone?.({ stream: 'contacts', remoteIds, signal })).toEqual({
    gone: ['people/missing', 'people/old-form', 'people/deleted'],
  });
  expect(asked[0]?.searchParams.getAll('resourceNames')).toEqual(remoteIds);
});

test('a contact that answers under another name lives on as that one, and is read whole', async () => {
  const renamed = { resourceName: 'people/new', names: [{ givenName: 'Ada' }] };
  const { environment, asked } = await serveInTurn([
    {
      responses: [
        { requestedResourceName: 'people/old', person: { resourceName: 'people/new' } },
        { requestedResourceName: 'people/same', person: { resourceName: 'people/same' } },
      ],
    },
    { responses: [{ requestedResourceName: 'people/old', person: renamed }] },
  ]);
  const session = openContactsSession({ accessToken: 't' }, environment);
  const remoteIds = ['people/old', 'people/same'];
  expect(await session.confirmGone?.({ stream: 'contacts', remoteIds, signal })).toEqual({
    gone: [],
    renamed: [{ remoteId: 'people/new', raw: renamed, formerRemoteIds: ['people/old'] }],
  });
  expect(asked[1]?.searchParams.getAll('resourceNames')).toEqual(['people/old']);
  expect(asked[1]?.searchParams.get('personFields')).toContain('clientData');
});

test('an other contact is gone when a second complete listing lacks it as well', async () => {
  const { environment, asked } = await serveInTurn([
    { otherContacts: [{ resourceName: 'otherContacts/c1' }], nextPageToken: 'p1' },
    { nextSyncToken: 's1' },
  ]);
  const session = openContactsSession({ accessToken: 't' }, environment);
  const remoteIds = ['otherContacts/c1', 'otherContacts/c2'];
  expect(await session.confirmGone?.({ stream: 'other_contacts', remoteIds, signal })).toEqual({
    gone: ['otherContacts/c2'],
  });
  expect(asked.map(({ pathname }) => pathname)).toEqual(['/v1/otherContacts', '/v1/otherContacts']);
  expect(asked.every(({ searchParams }) => !searchParams.has('syncToken'))).toBe(true);
});

test('a contact is read, made and changed with the fields that listings show, so that answers compare', async () => {
  const person = { resourceName: 'people/c1', metadata: { sources: [{ type: 'CONTACT', etag: 'e1' }] } };
  const { environment, asked } = await serveInTurn([person, { responses: [] }, person, person]);
  const { contacts } = openContactsSession({ accessToken: 't' }, environment);
  await contacts?.get('people/c1', signal);
  await contacts?.getMany(['people/c1'], signal);
  await contacts?.create({ names: [] }, signal);
  await contacts?.update('people/c1', { mask: ['emailAddresses', 'names'], person }, signal);
  const shown = asked.map(({ searchParams }) => [
    searchParams.get('personFields'),
    searchParams.get('sources'),
  ]);
  expect(new Set(shown.map(String)).size).toBe(1);
  expect(shown[0]).toEqual([expect.stringContaining('clientData'), 'READ_SOURCE_TYPE_CONTACT']);
  expect(asked[3]?.searchParams.get('updatePersonFields')).toBe('emailAddresses,names');
});

test('a contact that answers under another name brings the asked one along', async () => {
  const renamed = { resourceName: 'people/c2', metadata: { sources: [] } };
  const { environment } = await serveInTurn([
    renamed,
    { responses: [{ requestedResourceName: 'people/c1', person: renamed }] },
    { resourceName: 'people/c1', metadata: { deleted: true } },
  ]);
  const { contacts } = openContactsSession({ accessToken: 't' }, environment);
  const found = { remoteId: 'people/c2', formerRemoteIds: ['people/c1'] };
  expect(await contacts?.get('people/c1', signal)).toMatchObject(found);
  expect((await contacts?.getMany(['people/c1'], signal))?.found).toMatchObject([found]);
  expect(await contacts?.get('people/c1', signal)).toBeUndefined();
});

test('an answer to a write that cannot be read leaves its outcome unknown', async () => {
  const { environment } = await serveInTurn([{ names: [] }, {}]);
  const { contacts, contactLists } = openContactsSession({ accessToken: 't' }, environment);
  const unknown = expect.objectContaining({ kind: 'schema_drift', outcomeUnknown: true });
  await expect(contacts?.create({ names: [] }, signal)).rejects.toThrow(unknown);
  await expect(contactLists?.create('Friends', signal)).rejects.toThrow(unknown);
});

test('nothing is asked about no contacts', async () => {
  const { environment, asked } = await serveInTurn([]);
  const session = openContactsSession({ accessToken: 't' }, environment);
  expect(await session.confirmGone?.({ stream: 'contacts', remoteIds: [], signal })).toEqual({ gone: [] });
  expect(asked).toEqual([]);
});

test('a stream that does not exist is refused', async () => {
  const { environment } = await serveInTurn([]);
  const session = openContactsSession({ accessToken: 't' }, environment);
  await expect(session.fetchPage({ stream: 'photos', cursor: null, signal })).rejects.toThrow(
    expect.objectContaining({ kind: 'invalid_request' }),
  );
});
