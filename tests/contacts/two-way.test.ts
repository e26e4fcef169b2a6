/** Contacts in both directions: edits, clears, creates and deletes on either side arrive at the other, once. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { remoteContacts, rowVersions } from '../sync/records.ts';
import { type RemotePerson, startTwoWayWorld, type TwoWayWorld } from './two-way-world.ts';

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

describe('a contact that is made at the provider anew', () => {
  const crew = { contactGroupMembership: { contactGroupResourceName: '' } };
  const written = {
    names: [{ honorificPrefix: 'Lady', givenName: 'Ada', middleName: 'Augusta', familyName: 'King' }],
    nicknames: [{ value: 'Enchantress' }],
    emailAddresses: [
      { value: 'ada@king.test', type: 'home', displayName: 'Ada' },
      { value: 'ada@engine.test', type: 'work' },
    ],
    phoneNumbers: [
      { value: '+44 20 7946 0001', type: 'mobile' },
      { value: '+44 20 7946 0002', type: 'workFax' },
    ],
    organizations: [
      { name: 'Engine Works', title: 'Analyst', location: 'London', symbol: 'ENG' },
      { name: 'Royal Society', type: 'school' },
    ],
    addresses: [{ streetAddress: '1 Mill St', city: 'London', country: 'England', type: 'home' }],
    relations: [{ person: 'Byron', type: 'father' }],
    events: [{ date: { year: 1835, month: 7, day: 8 }, type: 'anniversary' }],
    imClients: [{ username: 'ada', protocol: 'jabber', type: 'home' }],
    userDefined: [{ key: 'Engine', value: 'No. 2' }],
    clientData: [{ key: 'crm', value: '7' }],
  };
  const lists = [...Object.keys(written), 'urls', 'birthdays', 'biographies', 'memberships'];

  /** What a contact holds there, beside its ids. */
  const contentOf = (person: RemotePerson | undefined) =>
    lists.map((list) => [
      list,
      ((person?.[list] ?? []) as { metadata?: object; key?: string }[])
        .filter(({ key }) => key !== 'harmony-op')
        .map(({ metadata: _, ...entry }) => JSON.stringify(Object.entries(entry).sort()))
        .sort(),
    ]);
  const adas = async () =>
    (await world.remotes()).filter((person) => JSON.stringify(person).includes('ada@king.test'));

  let remoteId: string;
  let contactId: string;
  beforeEach(async () => {
    remoteId = remoteIds[0] as string;
    await world.driver.api('POST', '/v1/contact-lists', { name: 'Crew' });
    const [link] = await eventually(
      () => world.sql<{ remote_id: string }[]>`
        select remote_id from list_links where integration_id = ${id} and remote_name = 'Crew'`,
      (rows) => rows.length === 1,
    );
    const person = await world.remote(remoteId);
    crew.contactGroupMembership.contactGroupResourceName = link?.remote_id as string;
    const memberships = [...((person?.memberships ?? []) as object[]), crew];
    await world.changeRemote(remoteId, { ...written, memberships });
    await world.driver.sync(id, 'incremental');
    await world.quiet(id);
    contactId = (await world.contactOf(id, remoteId)).id;
  });

  it('has all that it had, mapped or not, and its groups, once a person undoes its delete', async () => {
    const before = contentOf(await world.remote(remoteId));
    await world.driver.api('DELETE', `/v1/contacts/${contactId}`);
    await eventually(
      () => world.remote(remoteId),
      (person) => person === undefined,
    );
    await world.quiet(id);
    const [run] = await world.sql<{ run_id: string }[]>`
      select run_id from contact_journal where contact_id = ${contactId} and action = 'delete'`;
    await world.driver.api('POST', `/v1/integrations/${id}/runs/${run?.run_id}/undo`);
    await eventually(adas, (found) => found.length === 1);
    await world.quiet(id);
    const [made] = await adas();
    expect(made?.resourceName).not.toBe(remoteId);
    expect(contentOf(made)).toEqual(before);
    // Nothing is left to be settled by a pass, nor known as gone.
    const sinceMs = Date.now();
    await world.driver.sync(id, 'full');
    await world.quiet(id);
    expect(await writesSince(sinceMs)).toEqual([]);
    expect(contentOf((await adas())[0])).toEqual(before);
    expect(await world.sql`select 1 from contact_links where former_of is not null`).toEqual([]);
  });

  it('has it, too, where an edit in Harmony beat a delete there, with the edit in its place', async () => {
    const before = JSON.stringify(contentOf(await world.remote(remoteId)));
    await world.removeRemote(remoteId);
    await world.sql.begin(async (tx) => {
      await tx`insert into contact_work (integration_id, kind, key) values (${id}, 'local', ${contactId})`;
      await tx`update contacts set phone = '+44 20 7946 0000', version = version + 1, edited_at = now()
        where id = ${contactId}`;
    });
    await world.driver.sync(id, 'incremental');
    await world.quiet(id);
    const [made] = await adas();
    const after = JSON.stringify(contentOf(made));
    expect(after).toBe(before.replaceAll('7946 0001', '7946 0000').replaceAll('79460001', '79460000'));
  });

  it('is made of what Harmony knows where the provider takes the rest no more', async () => {
    await world.addFault({
      path: '/v1/people:createContact',
      times: 1,
      fault: { kind: 'status', status: 400 },
    });
    await world.driver.api('DELETE', `/v1/contacts/${contactId}`);
    await eventually(
      () => world.remote(remoteId),
      (person) => person === undefined,
    );
    await world.quiet(id);
    await world.sql.begin(async (tx) => {
      await tx`insert into contact_work (integration_id, kind, key) values (${id}, 'local', ${contactId})`;
      await tx`update contacts set archived_at = null, version = version + 1 where id = ${contactId}`;
    });
    await world.announce(id);
    const found = await eventually(adas, (rows) => rows.length === 1);
    await world.quiet(id);
    expect(found[0]).toMatchObject({ emailAddresses: [{ value: 'ada@king.test' }] });
    expect(found[0]?.relations).toBeUndefined();
    expect(await world.sql`select 1 from contact_conflicts where resolved_at is null`).toEqual([]);
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
