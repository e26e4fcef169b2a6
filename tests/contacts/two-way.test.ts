/** Contacts in both directions: edits, clears, creates and deletes on either side arrive at the other, once. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remoteContacts, rowVersions } from '../sync/records.ts';
import { startTwoWayWorld, type TwoWayWorld } from './two-way-world.ts';

let world: TwoWayWorld;
let id: string;
let remoteIds: string[];

beforeAll(async () => {
  world = await startTwoWayWorld();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  await world.reset({ contacts: 40 });
  id = await world.connectContacts();
  remoteIds = await remoteContacts(world);
});
afterEach(() => world.removeAll());

const writesSince = async (sinceMs: number) =>
  (await world.calls(sinceMs, '/v1/people')).filter(({ method }) => method !== 'GET');

describe('an edit in Harmony', () => {
  it('is at the provider without a check, and what is not mapped stays as it was', async () => {
    const remoteId = remoteIds[0] as string;
    const before = await world.remote(remoteId);
    const contact = await world.contactOf(id, remoteId);
    const sinceMs = Date.now();
    await world.edit(id, contact.id, { job_title: 'Countess' });
    await world.quiet(id);
    const after = await world.remote(remoteId);
    expect(JSON.stringify(after?.organizations)).toContain('Countess');
    for (const list of ['emailAddresses', 'phoneNumbers', 'nicknames', 'memberships', 'relations']) {
      expect(after?.[list]).toEqual(before?.[list]);
    }
    const [run] = await world.runs(id);
    expect(run).toMatchObject({ trigger: 'edit', status: 'succeeded', counts: { pushed: 1, read: 0 } });
    expect(await writesSince(sinceMs)).toHaveLength(1);
  });

  it('is one write, however many edits come in a burst', async () => {
    const remoteId = remoteIds[1] as string;
    const contact = await world.contactOf(id, remoteId);
    const sinceMs = Date.now();
    await world.sql.begin(async (tx) => {
      // Whatever pace this machine has: the run that the first edit wakes waits for the last one.
      await tx`select from integrations where id = ${id} for no key update`;
      for (let edit = 0; edit < 8; edit += 1) await world.edit(id, contact.id, { notes: `Draft ${edit}` });
    });
    await world.quiet(id);
    expect(JSON.stringify(await world.remote(remoteId))).toContain('Draft 7');
    expect(await writesSince(sinceMs)).toHaveLength(1);
  });

  it('clears a value at the provider, and makes and deletes contacts there', async () => {
    const contactId = await world.create(id, {
      firstName: 'Ada',
      lastName: 'Lovelace',
      email: 'ada@lovelace.test',
    });
    await world.quiet(id);
    const made = (await world.remotes()).filter((person) =>
      JSON.stringify(person).includes('ada@lovelace.test'),
    );
    expect(made).toHaveLength(1);
    const remoteId = made[0]?.resourceName as string;
    expect((await world.contactOf(id, remoteId)).id).toBe(contactId);

    await world.edit(id, contactId, { email: null });
    await world.quiet(id);
    expect(JSON.stringify(await world.remote(remoteId))).not.toContain('ada@lovelace.test');

    await world.archive(id, contactId);
    await world.quiet(id);
    expect(await world.remote(remoteId)).toBeUndefined();
    const run = await world.driver.sync(id, 'incremental');
    expect(run).toMatchObject({
      status: 'succeeded',
      counts: { created: 0, updated: 0, deleted: 0, pushed: 0 },
    });
  });
});

describe('an edit at the provider', () => {
  it('comes into Harmony, as do deletes, and nothing is written back', async () => {
    const [edited, gone] = remoteIds as [string, string];
    const contact = await world.contactOf(id, gone);
    const sinceMs = Date.now();
    await world.changeRemote(edited, { biographies: [{ value: 'Wrote the first program.' }] });
    await world.removeRemote(gone);
    const run = await world.driver.sync(id, 'incremental');
    expect(run).toMatchObject({ status: 'succeeded', counts: { updated: 1, deleted: 1, pushed: 0 } });
    expect(await world.contactOf(id, edited)).toMatchObject({ notes: 'Wrote the first program.' });
    const [archived] = await world.sql`select archived_at from contacts where id = ${contact.id}`;
    expect(archived?.archived_at).not.toBeNull();
    expect(await writesSince(sinceMs)).toEqual([]);
  });
});

describe('both sides at once', () => {
  it('joins edits of different fields', async () => {
    const remoteId = remoteIds[2] as string;
    const contact = await world.contactOf(id, remoteId);
    await world.changeRemote(remoteId, { biographies: [{ value: 'From there' }] });
    await world.edit(id, contact.id, { website: 'https://here.test' });
    await world.quiet(id);
    await world.driver.sync(id, 'incremental');
    expect(await world.contactOf(id, remoteId)).toMatchObject({
      notes: 'From there',
      website: 'https://here.test',
    });
    const person = JSON.stringify(await world.remote(remoteId));
    expect(person).toContain('From there');
    expect(person).toContain('https://here.test');
  });

  it.each([
    ['harmony', 'Here'],
    ['provider', 'There'],
  ])('lets %s win a conflict by policy, and logs the value that gave way', async (policy, winner) => {
    await world.sql`update integrations set conflict_policy = ${policy} where id = ${id}`;
    const remoteId = remoteIds[3] as string;
    const contact = await world.contactOf(id, remoteId);
    await world.changeRemote(remoteId, { biographies: [{ value: 'There' }] });
    await world.edit(id, contact.id, { notes: 'Here' });
    await world.quiet(id);
    await world.driver.sync(id, 'incremental');
    expect(await world.contactOf(id, remoteId)).toMatchObject({ notes: winner });
    expect(JSON.stringify((await world.remote(remoteId))?.biographies)).toContain(winner);
    const log = await world.sql`select field, winner, local_value, remote_value from contact_conflicts`;
    expect(log).toMatchObject([
      { field: 'notes', winner: policy, local_value: 'Here', remote_value: 'There' },
    ]);
  });

  it('is decided and logged also where the provider has text that Postgres can not hold', async () => {
    const remoteId = remoteIds[2] as string;
    const contact = await world.contactOf(id, remoteId);
    await world.changeRemote(remoteId, {
      biographies: [{ value: 'Theirs\0\ud800', contentType: 'TEXT_PLAIN' }],
    });
    await world.edit(id, contact.id, { notes: 'Ours' });
    await world.quiet(id);
    expect(JSON.stringify((await world.remote(remoteId))?.biographies)).toContain('Ours');
    const [conflict] = await world.sql`
      select winner, local_value, remote_value from contact_conflicts where contact_id = ${contact.id}`;
    expect(conflict).toMatchObject({
      winner: 'harmony',
      local_value: 'Ours',
      remote_value: 'Theirs\ufffd\ufffd',
    });
  });

  it('lets an edit beat a delete, whichever side it is on', async () => {
    const [kept, restored] = [remoteIds[4], remoteIds[5]] as [string, string];
    const here = await world.contactOf(id, kept);
    await world.removeRemote(kept);
    await world.sql.begin(async (tx) => {
      await tx`insert into contact_work (integration_id, kind, key) values (${id}, 'local', ${here.id})`;
      await tx`update contacts set notes = 'Kept', version = version + 1, edited_at = now() where id = ${here.id}`;
    });
    const there = await world.contactOf(id, restored);
    await world.changeRemote(restored, { biographies: [{ value: 'Restored' }] });
    await world.archive(id, there.id);
    await world.quiet(id);
    await world.driver.sync(id, 'incremental');
    await world.quiet(id);
    const [row] = await world.sql`select notes, archived_at from contacts where id = ${there.id}`;
    expect(row).toMatchObject({ notes: 'Restored', archived_at: null });
    const [mine] = await world.sql`select archived_at from contacts where id = ${here.id}`;
    expect(mine?.archived_at).toBeNull();
    const again = (await world.remotes()).filter((person) => JSON.stringify(person).includes('"Kept"'));
    expect(again).toHaveLength(1);
  });
});

it('a second pass writes nothing on either side, no row and no call', async () => {
  const contact = await world.contactOf(id, remoteIds[0] as string);
  await world.edit(id, contact.id, { job_title: 'Countess' });
  await world.quiet(id);
  await world.driver.sync(id, 'full');
  const before = await rowVersions(world);
  const sinceMs = Date.now();
  expect(await world.driver.sync(id, 'full')).toMatchObject({ status: 'succeeded', counts: { pushed: 0 } });
  expect(await rowVersions(world)).toEqual(before);
  expect(await writesSince(sinceMs)).toEqual([]);
});
