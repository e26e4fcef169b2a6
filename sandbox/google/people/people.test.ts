import { auth as googleAuth, people, type people_v1 } from '@googleapis/people';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningSandbox } from '../../server.ts';
import { control, signIn, startTestSandbox } from '../sign-in.fixture.ts';

const personFields = 'names,emailAddresses,phoneNumbers,organizations,memberships,clientData,metadata';
let sandbox: RunningSandbox;
let api: ReturnType<typeof people>;

async function connect() {
  const auth = new googleAuth.OAuth2();
  auth.setCredentials({ access_token: (await signIn(sandbox)).access_token });
  api = people({ version: 'v1', auth, rootUrl: sandbox.url, retry: false });
}

beforeEach(async () => {
  sandbox = await startTestSandbox();
  await connect();
});
afterEach(() => sandbox.close());

const list = (more: Record<string, unknown> = {}) =>
  api.people.connections
    .list({ resourceName: 'people/me', personFields, pageSize: 50, requestSyncToken: true, ...more })
    .then(({ data }) => data);

async function fullSync() {
  const all = [];
  let page = await list();
  all.push(...(page.connections ?? []));
  while (page.nextPageToken) {
    expect(page.nextSyncToken).toBeUndefined();
    page = await list({ pageToken: page.nextPageToken });
    all.push(...(page.connections ?? []));
  }
  return { all, syncToken: page.nextSyncToken as string };
}

const failure = async (promise: Promise<unknown>) => {
  const error = (await promise.then(
    () => {
      throw new Error('expected a refusal');
    },
    (reason: unknown) => reason,
  )) as { response: { status: number; data: { error: Record<string, unknown> } } };
  return { status: error.response.status, error: error.response.data.error };
};

describe('connections', () => {
  it('pages through every contact once and gives a sync token on the last page only', async () => {
    const { all, syncToken } = await fullSync();
    expect(new Set(all.map((person) => person.resourceName)).size).toBe(120);
    expect(syncToken).toEqual(expect.any(String));
  });

  it('reports creates, updates and deletes since the sync token, and nothing else', async () => {
    const { all, syncToken } = await fullSync();
    const created = await api.people.createContact({ requestBody: { names: [{ givenName: 'New' }] } });
    const [first, second] = all;
    await api.people.updateContact({
      resourceName: first?.resourceName as string,
      updatePersonFields: 'names',
      requestBody: { metadata: first?.metadata ?? {}, names: [{ givenName: 'Renamed' }] },
    });
    await api.people.deleteContact({ resourceName: second?.resourceName as string });
    const changed = await list({ syncToken });
    expect(changed.connections?.map((one) => [one.resourceName, one.metadata?.deleted === true])).toEqual([
      [created.data.resourceName, false],
      [first?.resourceName, false],
      [second?.resourceName, true],
    ]);
    const again = await list({ syncToken: changed.nextSyncToken });
    expect(again.connections).toBeUndefined();
  });

  it('shows one moment while writes go on, and the sync token covers what happened meanwhile', async () => {
    const firstPage = await list();
    const [victim] = firstPage.connections ?? [];
    await api.people.deleteContact({ resourceName: victim?.resourceName as string });
    await api.people.createContact({ requestBody: { names: [{ givenName: 'Meanwhile' }] } });
    let page = firstPage;
    const names = firstPage.connections?.map((one) => one.resourceName) ?? [];
    while (page.nextPageToken) {
      page = await list({ pageToken: page.nextPageToken });
      names.push(...(page.connections?.map((one) => one.resourceName) ?? []));
    }
    expect(new Set(names).size).toBe(120);
    const changed = await list({ syncToken: page.nextSyncToken });
    expect(changed.connections?.map((one) => one.metadata?.deleted === true)).toEqual([true, false]);
  });

  it('refuses an expired sync token with EXPIRED_SYNC_TOKEN, also seven days after the full sync', async () => {
    const { syncToken } = await fullSync();
    await control(sandbox, 'POST', '/google/ada@example.com/sync-tokens/expire');
    const expired = await failure(list({ syncToken }));
    expect(expired).toMatchObject({ status: 400, error: { details: [{ reason: 'EXPIRED_SYNC_TOKEN' }] } });
    const fresh = await fullSync();
    const later = async (hours: number) => {
      await control(sandbox, 'POST', '/clock', { advanceMs: hours * 3_600_000 });
      await connect();
    };
    await later(24 * 6);
    const next = await list({ syncToken: fresh.syncToken });
    await later(25);
    expect((await failure(list({ syncToken: next.nextSyncToken }))).status).toBe(400);
  });

  it('refuses a sync token with other parameters than the first call had', async () => {
    const { syncToken } = await fullSync();
    const refusal = await failure(list({ syncToken, personFields: 'names' }));
    expect(refusal).toMatchObject({ status: 400, error: { status: 'INVALID_ARGUMENT' } });
  });

  it('shows a changed resource name as a rename, and finds the contact under both names', async () => {
    const { all, syncToken } = await fullSync();
    const name = all[0]?.resourceName as string;
    const renamed = await control<{ resourceName: string }>(
      sandbox,
      'POST',
      `/google/ada@example.com/contacts/${name}/rename`,
    );
    const changed = await list({ syncToken });
    expect(changed.connections).toMatchObject([
      { resourceName: renamed.resourceName, metadata: { previousResourceNames: [name] } },
    ]);
    const got = await api.people.get({ resourceName: name, personFields });
    expect(got.data.resourceName).toBe(renamed.resourceName);
  });

  it('sorts by name when asked', async () => {
    const page = await list({ sortOrder: 'FIRST_NAME_ASCENDING', pageSize: 1000 });
    const given = (page.connections ?? []).map((one) => one.names?.[0]?.givenName ?? '');
    expect(given).toEqual([...given].sort(new Intl.Collator('en').compare));
  });
});

describe('writes', () => {
  it('refuses a stale etag with 400 failedPrecondition and leaves the contact as it was', async () => {
    const { data: person } = await api.people.createContact({
      personFields,
      requestBody: { names: [{ givenName: 'One' }] },
    });
    const update = (givenName: string, metadata = person.metadata) =>
      api.people.updateContact({
        resourceName: person.resourceName as string,
        updatePersonFields: 'names',
        personFields,
        requestBody: { metadata: metadata ?? {}, names: [{ givenName }] },
      });
    const { data: second } = await update('Two');
    const stale = await failure(update('Three'));
    expect(stale).toMatchObject({ status: 400, error: { errors: [{ reason: 'failedPrecondition' }] } });
    expect((await update('Four', second.metadata)).data.names?.[0]?.givenName).toBe('Four');
  });

  it('demands the contact source, one name at most, and a group for masked memberships', async () => {
    const { all } = await fullSync();
    const resourceName = all[3]?.resourceName as string;
    const metadata = all[3]?.metadata ?? {};
    const update = (updatePersonFields: string, requestBody: object) =>
      failure(api.people.updateContact({ resourceName, updatePersonFields, requestBody }));
    expect(await update('names', { names: [{ givenName: 'A' }] })).toMatchObject({ status: 400 });
    const two = [{ givenName: 'A' }, { givenName: 'B' }];
    expect(await update('names', { metadata, names: two })).toMatchObject({ status: 400 });
    expect(await update('memberships', { metadata, memberships: [] })).toMatchObject({ status: 400 });
  });

  it('replaces a masked field whole and leaves the others', async () => {
    const { all } = await fullSync();
    const person = all.find((one) => (one.emailAddresses?.length ?? 0) > 1);
    const { data } = await api.people.updateContact({
      resourceName: person?.resourceName as string,
      updatePersonFields: 'emailAddresses',
      personFields,
      requestBody: { metadata: person?.metadata ?? {}, emailAddresses: [{ value: 'only@one.example' }] },
    });
    expect(data.emailAddresses?.map((one) => one.value)).toEqual(['only@one.example']);
    expect(data.names).toEqual(person?.names);
    expect(data.phoneNumbers).toEqual(person?.phoneNumbers);
  });

  it('keeps clientData through create, listing and get', async () => {
    const { syncToken } = await fullSync();
    const clientData = [{ key: 'harmony-op', value: 'op_1' }];
    const { data } = await api.people.createContact({ personFields, requestBody: { clientData } });
    expect(data.clientData).toMatchObject(clientData);
    expect((await list({ syncToken })).connections?.[0]?.clientData).toMatchObject(clientData);
  });

  it('hides a write from listings while it lags, and shows it to a get at once', async () => {
    const { syncToken } = await fullSync();
    await control(sandbox, 'POST', '/lag', { provider: 'google', ms: 60_000 });
    const { data } = await api.people.createContact({ requestBody: { names: [{ givenName: 'Late' }] } });
    const lagging = await list({ syncToken });
    expect(lagging.connections).toBeUndefined();
    const got = await api.people.get({ resourceName: data.resourceName as string, personFields });
    expect(got.data.names?.[0]?.displayName).toBe('Late');
    await control(sandbox, 'POST', '/lag', { provider: 'google', ms: 0 });
    expect((await list({ syncToken: lagging.nextSyncToken })).connections).toHaveLength(1);
  });

  it('writes none of a batch in which one etag is stale, and only the good ones when set so', async () => {
    const { all } = await fullSync();
    const [good, stale] = all.slice(0, 2).map((one) => ({ ...one, names: [{ givenName: 'Batch' }] }));
    const staleSources = [{ ...stale?.metadata?.sources?.[0], etag: '#old=' }];
    const contacts = {
      [good?.resourceName as string]: good,
      [stale?.resourceName as string]: { ...stale, metadata: { sources: staleSources } },
    };
    const requestBody = { contacts, updateMask: 'names', readMask: 'names' } as object;
    expect((await failure(api.people.batchUpdateContacts({ requestBody }))).status).toBe(400);
    const got = await api.people.get({ resourceName: good?.resourceName as string, personFields });
    expect(got.data.names?.[0]?.givenName).not.toBe('Batch');
    await control(sandbox, 'PATCH', '/settings', { google: { batchStaleEtag: 'each' } });
    const { data } = await api.people.batchUpdateContacts({ requestBody });
    const results = Object.values(data.updateResult ?? {}).map((one) => one.httpStatusCode);
    expect(results).toEqual([200, 400]);
  });

  it('creates, reads and deletes in batches', async () => {
    const contacts = ['One', 'Two'].map((givenName) => ({ contactPerson: { names: [{ givenName }] } }));
    const { data } = await api.people.batchCreateContacts({ requestBody: { contacts, readMask: 'names' } });
    const resourceNames = data.createdPeople?.map((one) => one.person?.resourceName as string) ?? [];
    const read = await api.people.getBatchGet({
      resourceNames: [...resourceNames, 'people/c1'],
      personFields,
    });
    expect(read.data.responses?.map((one) => one.httpStatusCode)).toEqual([200, 200, 404]);
    await api.people.batchDeleteContacts({ requestBody: { resourceNames } });
    expect(
      (await failure(api.people.get({ resourceName: resourceNames[0] as string, personFields }))).status,
    ).toBe(404);
  });

  it('refuses a batch of too many, with the status that is set', async () => {
    const contacts = Array.from({ length: 201 }, () => ({ contactPerson: { names: [{ givenName: 'x' }] } }));
    const create = () => failure(api.people.batchCreateContacts({ requestBody: { contacts } }));
    const get = () =>
      failure(api.people.getBatchGet({ resourceNames: contacts.map(() => 'people/c1'), personFields }));
    expect([(await create()).status, (await get()).status]).toEqual([400, 400]);
    await control(sandbox, 'PATCH', '/settings', { google: { batchOverLimitStatus: 413 } });
    expect([(await create()).status, (await get()).status]).toEqual([413, 413]);
  });

  it('finds contacts by the prefix of a name', async () => {
    await api.people.createContact({
      requestBody: { names: [{ givenName: 'Zebulon', familyName: 'Quist' }] },
    });
    const { data } = await api.people.searchContacts({ query: 'zebu', readMask: 'names' });
    expect(data.results?.[0]?.person?.names?.[0]?.displayName).toBe('Zebulon Quist');
  });
});

describe('groups and other contacts', () => {
  it('lists groups with a sync token, and reports a new, a renamed and a deleted one', async () => {
    const { data } = await api.contactGroups.list({ pageSize: 1000 });
    const labels = data.contactGroups?.filter((one) => one.groupType === 'USER_CONTACT_GROUP') ?? [];
    const created = await api.contactGroups.create({ requestBody: { contactGroup: { name: 'Choir' } } });
    await api.contactGroups.update({
      resourceName: labels[0]?.resourceName as string,
      requestBody: { contactGroup: { name: 'Former clients' } },
    });
    await api.contactGroups.delete({ resourceName: labels[1]?.resourceName as string });
    const changed = await api.contactGroups.list({ pageSize: 1000, syncToken: data.nextSyncToken as string });
    expect(changed.data.contactGroups?.map((one) => one.name ?? one.metadata?.deleted)).toEqual([
      'Choir',
      'Former clients',
      true,
    ]);
    const again = await failure(
      api.contactGroups.create({ requestBody: { contactGroup: { name: 'choir' } } }),
    );
    expect(again.status).toBe(409);
    expect(created.data.resourceName).toMatch(/^contactGroups\//);
  });

  it('counts members after additions and removals, and never removes the last group', async () => {
    const { all } = await fullSync();
    const group = await api.contactGroups.create({ requestBody: { contactGroup: { name: 'Choir' } } });
    const resourceName = group.data.resourceName as string;
    const members = all.slice(0, 3).map((one) => one.resourceName as string);
    await api.contactGroups.members.modify({ resourceName, requestBody: { resourceNamesToAdd: members } });
    const got = await api.contactGroups.get({ resourceName, maxMembers: 10 });
    expect(got.data.memberCount).toBe(3);
    expect(new Set(got.data.memberResourceNames)).toEqual(new Set(members));
    const lonely = await api.people.createContact({ requestBody: { names: [{ givenName: 'L' }] } });
    const { data } = await api.contactGroups.members.modify({
      resourceName: 'contactGroups/myContacts',
      requestBody: { resourceNamesToRemove: [lonely.data.resourceName as string, 'people/c1'] },
    });
    expect(data.canNotRemoveLastContactGroupResourceNames).toEqual([lonely.data.resourceName]);
    expect(data.notFoundResourceNames).toEqual(['people/c1']);
  });

  it('copies an other contact to My Contacts and drops it from the others', async () => {
    const listed = await api.otherContacts.list({ readMask: 'names,emailAddresses', requestSyncToken: true });
    const first = listed.data.otherContacts?.[0];
    const copied = await api.otherContacts.copyOtherContactToMyContactsGroup({
      resourceName: first?.resourceName as string,
      requestBody: { copyMask: 'emailAddresses,names' },
    });
    expect(copied.data.emailAddresses?.[0]?.value).toBe(first?.emailAddresses?.[0]?.value);
    const changed = await api.otherContacts.list({
      readMask: 'names,emailAddresses',
      requestSyncToken: true,
      syncToken: listed.data.nextSyncToken as string,
    });
    expect(changed.data.otherContacts).toMatchObject([
      { resourceName: first?.resourceName, metadata: { deleted: true } },
    ]);
  });
});

describe('writes that Google refuses', () => {
  it('wants the contact source, one entry of a singleton, and a group that can be joined', async () => {
    const { data } = await api.people.createContact({ requestBody: { names: [{ givenName: 'Edith' }] } });
    const update = (requestBody: people_v1.Schema$Person, updatePersonFields: string) =>
      failure(
        api.people.updateContact({
          resourceName: data.resourceName as string,
          updatePersonFields,
          requestBody,
        }),
      );
    const { etag } = data;
    expect((await update({ etag: etag as string, names: [{ givenName: 'E' }] }, 'names')).status).toBe(400);
    const metadata = { sources: data.metadata?.sources ?? [] };
    const twice = { metadata, names: [{ givenName: 'E' }, { givenName: 'F' }] };
    expect((await update(twice, 'names')).status).toBe(400);
    const join = (group: string) => ({
      metadata,
      memberships: [{ contactGroupMembership: { contactGroupResourceName: group } }],
    });
    expect((await update(join('contactGroups/family'), 'memberships')).status).toBe(400);
    expect((await update({ metadata }, 'memberships')).status).toBe(400);
    const got = await api.people.get({ resourceName: data.resourceName as string, personFields });
    expect(got.data.etag).toBe(etag);
  });
});

describe('the owner at work in Google’s own page', () => {
  it('merges, deletes and restores contacts', async () => {
    const { all, syncToken } = await fullSync();
    const [kept, gone] = all.filter((one) => (one.emailAddresses?.length ?? 0) > 0);
    const base = '/google/ada@example.com/contacts';
    await control(sandbox, 'POST', `${base}/${kept?.resourceName}/merge`, { with: [gone?.resourceName] });
    const merged = await list({ syncToken });
    expect(merged.connections?.map((one) => one.metadata?.deleted === true)).toEqual([true, false]);
    expect(merged.connections?.[1]?.emailAddresses?.length).toBeGreaterThan(
      kept?.emailAddresses?.length ?? 0,
    );
    await control(sandbox, 'POST', `${base}/${encodeURIComponent(gone?.resourceName as string)}/restore`);
    const restored = await list({ syncToken: merged.nextSyncToken });
    expect(restored.connections?.[0]?.names).toEqual(gone?.names);
  });

  it('lets a merged contact live on as a former name, and keeps what programs left on both', async () => {
    const { all, syncToken } = await fullSync();
    const [kept, gone] = all;
    const base = '/google/ada@example.com/contacts';
    await control(sandbox, 'PATCH', `${base}/${gone?.resourceName}`, {
      clientData: [{ key: 'harmony-op', value: 'op_1' }],
    });
    await control(sandbox, 'POST', `${base}/${kept?.resourceName}/merge`, {
      with: [gone?.resourceName],
      as: 'former-name',
    });
    const { connections } = await list({ syncToken });
    expect(connections).toMatchObject([
      { resourceName: kept?.resourceName, metadata: { previousResourceNames: [gone?.resourceName] } },
    ]);
    const got = await api.people.get({
      resourceName: gone?.resourceName as string,
      personFields: 'clientData',
    });
    expect(got.data).toMatchObject({ resourceName: kept?.resourceName, clientData: [{ value: 'op_1' }] });
    expect((await fullSync()).all).toHaveLength(all.length - 1);
  });

  it('shows other contacts that appear, change and go', async () => {
    const listed = await api.otherContacts.list({
      readMask: 'metadata,emailAddresses',
      requestSyncToken: true,
    });
    const base = '/google/ada@example.com/other-contacts';
    const made = await control<people_v1.Schema$Person>(sandbox, 'POST', base, {
      emailAddresses: [{ value: 'a@mail.example' }],
    });
    const known = listed.data.otherContacts?.[0]?.resourceName?.split('/').at(-1);
    await control(sandbox, 'PATCH', `${base}/${known}`, { emailAddresses: [{ value: 'b@mail.example' }] });
    const gone = listed.data.otherContacts?.[1]?.resourceName?.split('/').at(-1);
    await control(sandbox, 'DELETE', `${base}/${gone}`);
    const changed = await api.otherContacts.list({
      readMask: 'metadata,emailAddresses',
      requestSyncToken: true,
      syncToken: listed.data.nextSyncToken as string,
    });
    expect(changed.data.otherContacts).toMatchObject([
      { resourceName: made.resourceName, emailAddresses: [{ value: 'a@mail.example' }] },
      { emailAddresses: [{ value: 'b@mail.example' }] },
      { metadata: { deleted: true } },
    ]);
  });
});

describe('replicas that differ', () => {
  it('shows a new contact at every other listing while the lag flickers', async () => {
    const { all } = await fullSync();
    await control(sandbox, 'POST', '/lag', { provider: 'google', ms: 60_000, flicker: true });
    await api.people.createContact({ requestBody: { names: [{ givenName: 'Flicker' }] } });
    const counts = [];
    for (let listing = 0; listing < 4; listing++) counts.push((await fullSync()).all.length - all.length);
    expect(counts).toEqual([0, 1, 0, 1]);
    await control(sandbox, 'POST', '/lag', { provider: 'google', ms: 0 });
  });
});
