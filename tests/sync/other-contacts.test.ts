/** Google's other contacts: read once a person switches their mapping on and lets Harmony, and never written. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IntegrationView, RunView } from '../../dev/drive.ts';
import { eventually } from '../support/eventually.ts';
import { reauthenticate } from './sign-in.ts';
import { ada, type SyncWorld, startSyncWorld } from './sync-world.ts';

let world: SyncWorld;
let id: string;

beforeAll(async () => {
  world = await startSyncWorld();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  await world.removeAll();
  await world.reset({ contacts: 20 });
  await addOther('Otto', 'otto@else.example');
  id = await world.connect('google-contacts');
});

interface ObjectMapping {
  readonly providerObject: string;
  readonly enabled: boolean;
}
interface Change {
  readonly takesEffect: string;
  readonly attention?: { readonly code: string; readonly title: string; readonly remedy: string };
}
interface ContactView {
  readonly id: string;
  readonly firstName: string | null;
  readonly email: string | null;
}
interface Person {
  readonly resourceName: string;
}

const addOther = (givenName: string, value: string) =>
  world.driver.control<Person>('POST', `${ada}/other-contacts`, {
    names: [{ givenName }],
    emailAddresses: [{ value }],
  });
const others = async () =>
  (await world.driver.control<{ data: Person[] }>('GET', `${ada}/other-contacts?limit=1000`)).data;
const path = (rest: string) => `/v1/integrations/${id}${rest}`;
const read = () => world.driver.api<IntegrationView>('GET', path(''));
const contacts = async () =>
  (await world.driver.api<{ data: ContactView[] }>('GET', `/v1/contacts?integrationId=${id}&limit=1000`))
    .data;
/** Also those that no remote contact stands behind any more. */
const everybody = async () =>
  (await world.driver.api<{ data: ContactView[] }>('GET', '/v1/contacts?limit=1000')).data;
const named = async (name: string) => (await contacts()).filter(({ firstName }) => firstName === name);

/** Switches the mapping of other contacts, or of another object. */
async function map(enabled: boolean, object = 'otherContact'): Promise<Change> {
  const { data } = await world.driver.api<{ data: ObjectMapping[] }>('GET', path('/object-mappings'));
  return world.driver.api<Change>('PUT', path('/object-mappings'), {
    data: data.map((each) => (each.providerObject === object ? { ...each, enabled } : each)),
  });
}

/** Switches it on and gives the permission. */
async function letRead(): Promise<void> {
  await map(true);
  await reauthenticate(world, id);
  // One that is asked for while it runs would join it.
  await settledAfter('reauthenticated');
  expect(await named('Otto')).toHaveLength(1);
}

const settledAfter = (trigger: string) =>
  eventually(
    () => world.driver.api<{ data: RunView[] }>('GET', path('/runs')),
    ({ data }) => data[0]?.trigger === trigger && data[0].status !== 'running',
  );

describe('switching other contacts on', () => {
  it('says which permission is missing and goes on without, until it is given; then they come', async () => {
    const sinceMs = Date.now();
    expect(await others()).not.toHaveLength(0);
    const change = await map(true);
    expect(change).toMatchObject({ takesEffect: 'now', attention: { code: 'missing_scope' } });
    expect(change.attention?.title).toContain('read your other contacts');
    expect(change.attention?.remedy).toContain('Re-authenticate');
    expect((await read()).attention).toEqual(change.attention);
    expect(await world.driver.sync(id, 'full')).toMatchObject({ status: 'succeeded' });
    expect(await read()).toMatchObject({ phase: 'active', attention: change.attention });
    expect(await world.calls(sinceMs, '/v1/otherContacts')).toEqual([]);
    const report = await world.driver.api<{ ok: boolean; checks: { name: string; ok: boolean }[] }>(
      'POST',
      path('/test'),
      {},
    );
    expect(report.ok).toBe(false);
    expect(report.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toContain(
      'scope:https://www.googleapis.com/auth/contacts.other.readonly',
    );

    await reauthenticate(world, id);
    await settledAfter('reauthenticated');
    expect((await read()).attention).toBeUndefined();
    expect((await contacts()).length).toBe(20 + (await others()).length);
    expect(await named('Otto')).toMatchObject([{ email: 'otto@else.example' }]);
    expect((await read()).counts.other_contacts).toBe((await others()).length);
    const tested = await world.driver.api<{ ok: boolean; checks: { name: string }[] }>(
      'POST',
      path('/test'),
      {},
    );
    expect(tested).toMatchObject({ ok: true });
    expect(tested.checks.map(({ name }) => name)).toContain('read:other_contacts');
  });

  it('asks for the permission only then', async () => {
    const scopes = async () => {
      const { authorizationUrl } = await world.driver.api<{ authorizationUrl: string }>(
        'POST',
        path('/reauthenticate'),
      );
      const hop = await fetch(authorizationUrl, { redirect: 'manual' });
      return new URL(hop.headers.get('location') ?? '').searchParams.get('scope');
    };
    expect(await scopes()).not.toContain('contacts.other.readonly');
    await map(true);
    expect(await scopes()).toContain('contacts.other.readonly');
  });

  it('follows what changes and goes there', async () => {
    await letRead();
    const [otto] = (await others()).slice(-1);
    const name = otto?.resourceName.replace('otherContacts/', '');
    await world.driver.control('PATCH', `${ada}/other-contacts/${name}`, {
      names: [{ givenName: 'Ottilie' }],
    });
    await world.driver.sync(id, 'incremental');
    expect(await named('Ottilie')).toHaveLength(1);
    await world.driver.control('DELETE', `${ada}/other-contacts/${name}`);
    await world.driver.sync(id, 'incremental');
    expect(await named('Ottilie')).toEqual([]);
    expect(await contacts()).toHaveLength(20 + (await others()).length);
  });
});

describe('switching other contacts off', () => {
  it('keeps what has come, reads no more, and goes on from there when switched on again', async () => {
    await letRead();
    const before = await contacts();
    await map(false);
    const sinceMs = Date.now();
    await addOther('Ulla', 'ulla@else.example');
    expect(await world.driver.sync(id, 'full')).toMatchObject({
      status: 'succeeded',
      counts: { deleted: 0 },
    });
    expect(await contacts()).toEqual(before);
    expect(await world.calls(sinceMs, '/v1/otherContacts')).toEqual([]);
    expect(await map(true)).not.toHaveProperty('attention');
    await eventually(
      () => named('Ulla'),
      (found) => found.length === 1,
    );
    expect(await contacts()).toHaveLength(before.length + 1);
  });
});

describe('from the provider alone', () => {
  it('leaves people alone whom Harmony knows by any of their addresses, and shows nobody twice', async () => {
    await world.driver.control('POST', `${ada}/contacts`, {
      names: [{ givenName: 'Both' }],
      emailAddresses: [{ value: 'shown@else.example' }, { value: 'Hidden@else.example' }],
    });
    await world.driver.sync(id, 'incremental');
    await addOther('Shown', 'Shown@else.example');
    await addOther('Hidden', 'hidden@else.example');
    await letRead();
    expect(await named('Both')).toHaveLength(1);
    expect([...(await named('Shown')), ...(await named('Hidden'))]).toEqual([]);
    expect(await contacts()).toHaveLength(20 + 1 + (await others()).length - 2);
  });

  it("goes on where the account's own contacts are switched off, of which nothing changes until they are on again", async () => {
    await letRead();
    await map(false, 'person');
    const before = await everybody();
    const idsOf = (rows: readonly ContactView[]) => rows.map((row) => row.id).sort();
    const { data } = await world.driver.control<{ data: Person[] }>('GET', `${ada}/contacts?limit=1000`);
    const [edited, gone] = data as [Person, Person];
    const change = { names: [{ givenName: 'Renamed' }] };
    await world.driver.control('PATCH', `${ada}/contacts/${encodeURIComponent(edited.resourceName)}`, change);
    await world.driver.control('DELETE', `${ada}/contacts/${encodeURIComponent(gone.resourceName)}`);
    await world.driver.control('POST', `${ada}/contacts`, { names: [{ givenName: 'Newcomer' }] });
    await addOther('Ulla', 'ulla@else.example');
    expect(await world.driver.sync(id, 'incremental')).toMatchObject({ status: 'succeeded' });
    const [ulla] = await named('Ulla');
    expect(idsOf(await everybody())).toEqual(idsOf([...before, ulla as ContactView]));
    expect(await named('Renamed')).toEqual([]);

    await map(true, 'person');
    await eventually(
      async () => [...(await named('Renamed')), ...(await named('Newcomer'))],
      (found) => found.length === 2,
    );
    // One that went meanwhile goes now; beside Ulla one came.
    expect(await everybody()).toHaveLength(before.length + 1);
  });
});

describe("added to a person's own contacts", () => {
  it.each(['from_provider', 'bidirectional'])(
    'is the same contact here as before (%s)',
    async (direction) => {
      await letRead();
      await world.sql`update integrations set sync_direction = ${direction}, approved_direction = ${direction}
      where id = ${id}`;
      const [otto] = await named('Otto');
      const before = await everybody();
      const { resourceName } = await world.driver.control<Person>('POST', `${ada}/contacts`, {
        names: [{ givenName: 'Otto', familyName: 'Normal' }],
        emailAddresses: [{ value: 'Otto@else.example' }, { value: 'otto@private.example' }],
      });
      await world.driver.sync(id, 'incremental');
      expect(await named('Otto')).toMatchObject([{ id: otto?.id, lastName: 'Normal' }]);

      const [other] = (await others()).slice(-1);
      const name = other?.resourceName.replace('otherContacts/', '');
      await world.driver.control('DELETE', `${ada}/other-contacts/${name}`);
      await world.driver.sync(id, 'incremental');
      await world.driver.control('PATCH', `${ada}/contacts/${encodeURIComponent(resourceName)}`, {
        names: [{ givenName: 'Otto', familyName: 'Renamed' }],
      });
      await world.driver.sync(id, 'incremental');
      expect(await named('Otto')).toMatchObject([{ id: otto?.id, lastName: 'Renamed' }]);
      expect(await everybody()).toHaveLength(before.length);
      const { data } = await world.driver.api<{ data: object[] }>('GET', '/v1/conflicts');
      expect(data).toEqual([]);
    },
  );
});

describe('in both directions', () => {
  it('writes nothing of them at Google, and leaves people alone whom Harmony knows', async () => {
    const mine = await world.driver.api<ContactView>('POST', '/v1/contacts', {
      firstName: 'Mine',
      email: 'Known@else.example',
    });
    await addOther('Theirs', 'known@else.example');
    await letRead();
    await world.driver.api('PATCH', path(''), { syncDirection: 'bidirectional' });
    const { id: planId } = await world.driver.api<{ id: string }>('POST', path('/plan'), {});
    const plan = await eventually(
      () => world.driver.api<{ status: string; provider: unknown }>('GET', path(`/plans/${planId}`)),
      ({ status }) => status === 'ready',
    );
    expect(JSON.stringify(plan)).not.toContain('otherContacts/');
    await world.driver.api('POST', path(`/plans/${planId}/apply`), {});
    await settledAfter('plan');
    const written = async (sinceMs: number) =>
      (await world.calls(sinceMs, '/v1/')).filter(({ method }) => method !== 'GET').map((call) => call.path);
    const sinceMs = Date.now();
    expect(await named('Theirs')).toEqual([]);

    const [otto] = await named('Otto');
    await world.driver.api('PATCH', `/v1/contacts/${otto?.id}`, { firstName: 'Edited' });
    await world.driver.sync(id, 'incremental');
    await world.driver.api('DELETE', `/v1/contacts/${otto?.id}`);
    await world.driver.sync(id, 'full');
    expect(await written(sinceMs)).toEqual([]);
    // Their own contacts go on flowing.
    await world.driver.api('PATCH', `/v1/contacts/${mine.id}`, { firstName: 'Still mine' });
    await eventually(
      () => written(sinceMs),
      (calls) => calls.length > 0,
    );
    expect((await written(sinceMs)).join()).not.toContain('otherContacts');
  });
});
