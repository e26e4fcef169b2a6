/** Why a contact is as it is, by what runs and people really did to it. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ada } from '../sync/sync-world.ts';
import { startTwoWayWorld, type TwoWayWorld } from './two-way-world.ts';

interface Origin {
  readonly field: string;
  readonly value: string | null;
  readonly side: string | null;
  readonly by: string | null;
  readonly runId: string | null;
  readonly rule: string | null;
}

let world: TwoWayWorld;
let id: string;

beforeAll(async () => {
  world = await startTwoWayWorld();
});
afterAll(() => world?.stop());
beforeEach(async () => {
  await world.removeAll();
  await world.reset({ contacts: 5 });
  id = await world.connectContacts('from_provider');
});

const api = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  world.driver.api<T>(method, `/v1${path}`, body);
const explain = async (contactId: string) => {
  const { fields } = await api<{ fields: Origin[] }>('GET', `/contacts/${contactId}/explain`);
  return (field: string) => fields.find((origin) => origin.field === field);
};
const addRemote = (person: object) =>
  world.driver.control<{ resourceName: string }>('POST', `${ada}/contacts`, person);
const biography = (value: string) => ({ biographies: [{ value, contentType: 'TEXT_PLAIN' }] });

it('names for each field the run that set it where contacts only come in', async () => {
  const name = { names: [{ givenName: 'Mary', familyName: 'Poppins' }] };
  const { resourceName } = await addRemote({ ...name, ...biography('First') });
  const made = await world.driver.sync(id, 'incremental');
  const contact = await world.contactOf(id, resourceName);
  await world.changeRemote(resourceName, biography('Second'));
  const changed = await world.driver.sync(id, 'incremental');
  await world.changeRemote(resourceName, { names: [{ givenName: 'Mary', familyName: 'Banks' }] });
  const renamed = await world.driver.sync(id, 'full');
  const origin = await explain(contact.id);
  expect(origin('firstName')).toMatchObject({ side: 'provider', runId: made.id, rule: 'no_base' });
  expect(origin('notes')).toMatchObject({
    ...{ value: 'Second', side: 'provider', runId: changed.id, rule: 'one_changed' },
  });
  expect(origin('lastName')).toMatchObject({ value: 'Banks', runId: renamed.id, rule: 'one_changed' });

  const { data } = await api<{ data: { field: string }[] }>('GET', `/integrations/${id}/field-mappings`);
  const without = data.filter(({ field }) => field !== 'firstName');
  await api('PUT', `/integrations/${id}/field-mappings`, { data: without });
  await world.quiet(id);
  expect((await explain(contact.id))('firstName')).toMatchObject({ side: 'provider', runId: made.id });
});

it('names the run that changed a contact which a planner had made before', async () => {
  // With somebody whom the account does not have, new ones wait for the planner, which looks for matches.
  await api('POST', '/contacts', { firstName: 'Bert' });
  const { resourceName } = await addRemote({ names: [{ givenName: 'Mary' }], ...biography('First') });
  const made = await world.driver.sync(id, 'incremental');
  const contact = await world.contactOf(id, resourceName);
  expect((await explain(contact.id))('notes')).toMatchObject({ runId: made.id, rule: 'no_base' });
  await world.changeRemote(resourceName, biography('Second'));
  const changed = await world.driver.sync(id, 'incremental');
  const origin = await explain(contact.id);
  expect(origin('notes')).toMatchObject({ value: 'Second', runId: changed.id, rule: 'one_changed' });
  expect(origin('firstName')).toMatchObject({ runId: made.id, rule: 'no_base' });
});

it('notes a value as it is stored, with U+FFFD for what Postgres can not hold', async () => {
  const { resourceName } = await addRemote({ names: [{ givenName: 'Mary' }], ...biography('First') });
  await world.driver.sync(id, 'incremental');
  await world.changeRemote(resourceName, biography('a\0b\ud800'));
  const changed = await world.driver.sync(id, 'incremental');
  expect(changed).toMatchObject({ status: 'succeeded', counts: { updated: 1 } });
  const contact = await world.contactOf(id, resourceName);
  const { data } = await api<{ data: object[] }>('GET', `/contacts/${contact.id}/journal`);
  expect(data[0]).toMatchObject({ runId: changed.id, after: { notes: 'a\uFFFDb\uFFFD' } });
});

it('names whoever took a run back, not that run, and the rule by which a value went to the provider', async () => {
  await world.setDirection(id, 'bidirectional');
  const { resourceName } = await addRemote({ names: [{ givenName: 'Mary' }], ...biography('First') });
  await world.driver.sync(id, 'incremental');
  const contact = await world.contactOf(id, resourceName);
  await world.changeRemote(resourceName, biography('A mistake'));
  const mistaken = await world.driver.sync(id, 'incremental');
  expect((await explain(contact.id))('notes')).toMatchObject({ side: 'provider', runId: mistaken.id });
  await api('POST', `/integrations/${id}/runs/${mistaken.id}/undo`);
  expect((await explain(contact.id))('notes')).toMatchObject({
    ...{ value: 'First', side: 'harmony', by: expect.stringMatching(/^key:/), runId: null },
  });
  const journal = () =>
    api<{ data: { side: string; rules: object }[] }>('GET', `/contacts/${contact.id}/journal`);
  const { data } = await eventually(journal, ({ data: [newest] }) => newest?.side === 'provider', 20_000);
  expect(data[0]).toMatchObject({ after: { notes: 'First' }, rules: { notes: 'one_changed' } });
});
