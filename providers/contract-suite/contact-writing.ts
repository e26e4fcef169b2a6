/** What an adapter that writes contacts and their lists must do. */
import { expect, test } from 'vitest';
import type { ContactCalls, ContactListCalls, ContactRecord } from '../contract/index.ts';
import { failing, inTime } from './expectations.ts';
import { type Connected, listAll } from './stream.ts';
import type { ContactWriting } from './world.ts';

export function describeContactWriting(connected: () => Connected): void {
  const open = (): { contacts: ContactCalls; lists: ContactListCalls; writing: ContactWriting } => {
    const { session, world } = connected();
    if (!session.contacts || !session.contactLists || !world.contactWriting)
      expect.unreachable('an adapter with the capability "write" writes contacts and lists');
    return { contacts: session.contacts, lists: session.contactLists, writing: world.contactWriting };
  };
  const listed = async () => {
    const { session } = connected();
    const { stream } = open().writing;
    const { upserts } = await listAll(
      (cursor) => session.fetchPage({ stream, cursor, signal: inTime() }),
      null,
    );
    return upserts as ContactRecord[];
  };
  const idsNamed = async (name: string) =>
    (await listed())
      .filter((record) => open().writing.nameOf(record) === name)
      .map(({ remoteId }) => remoteId);

  test('a contact is created, changed on top of each answer, and removed for good', async () => {
    const { contacts, writing } = open();
    const created = await contacts.create(writing.draft('Grace'), inTime());
    expect(await contacts.get(created.remoteId, inTime())).toEqual(created);
    const changed = await contacts.update(created.remoteId, writing.rename(created, 'Mary'), inTime());
    const again = await contacts.update(created.remoteId, writing.rename(changed, 'Anne'), inTime());
    expect(new Set([created.etag, changed.etag, again.etag]).size).toBe(3);
    expect(await contacts.get(created.remoteId, inTime())).toEqual(again);
    expect((await listed()).find(({ remoteId }) => remoteId === created.remoteId)).toEqual(again);
    await contacts.remove(created.remoteId, inTime());
    await contacts.remove(created.remoteId, inTime());
    expect(await contacts.get(created.remoteId, inTime())).toBeUndefined();
    const late = contacts.update(created.remoteId, writing.rename(again, 'Late'), inTime());
    await expect(late).rejects.toThrow(failing('not_found', { outcomeUnknown: false }));
  });

  test('many are read at once, and those that are gone are told from those that live', async () => {
    const { contacts, writing } = open();
    const kept = await contacts.create(writing.draft('Kept'), inTime());
    const removed = await contacts.create(writing.draft('Removed'), inTime());
    await contacts.remove(removed.remoteId, inTime());
    expect(await contacts.getMany([kept.remoteId, removed.remoteId], inTime())).toEqual({
      found: [kept],
      gone: [removed.remoteId],
    });
    expect(await contacts.getMany([], inTime())).toEqual({ found: [], gone: [] });
  });

  test('a change on top of an older version is refused and changes nothing', async () => {
    const { contacts, writing } = open();
    const created = await contacts.create(writing.draft('First'), inTime());
    const current = await contacts.update(created.remoteId, writing.rename(created, 'Second'), inTime());
    const stale = contacts.update(created.remoteId, writing.rename(created, 'Third'), inTime());
    await expect(stale).rejects.toThrow(failing('stale_version', { outcomeUnknown: false }));
    expect(await contacts.get(created.remoteId, inTime())).toEqual(current);
  });

  test('a value that the provider refuses is an invalid request', async () => {
    const { contacts, writing } = open();
    const created = await contacts.create(writing.draft('Unchanged'), inTime());
    const change = { ...writing.rename(created, 'Changed'), mask: ['no such field'] };
    const refused = contacts.update(created.remoteId, change, inTime());
    await expect(refused).rejects.toThrow(failing('invalid_request', { outcomeUnknown: false }));
  });

  test('a write whose request or answer is lost says that its outcome is unknown', async () => {
    const { contacts, writing } = open();
    const lost = failing('transient', { outcomeUnknown: true });
    await writing.loseNextWrite('request');
    await expect(contacts.create(writing.draft('Never arrived'), inTime())).rejects.toThrow(lost);
    expect(await idsNamed('Never arrived')).toEqual([]);
    await writing.loseNextWrite('answer');
    await expect(contacts.create(writing.draft('Arrived'), inTime())).rejects.toThrow(lost);
    expect(await idsNamed('Arrived')).toHaveLength(1);
  });

  test('a write that was cancelled before it left has a known outcome', async () => {
    const { contacts, writing } = open();
    const cancelled = contacts.create(writing.draft('Never sent'), AbortSignal.abort());
    await expect(cancelled).rejects.toThrow(failing('transient', { outcomeUnknown: false }));
  });

  test('a list is created once, renamed on top of its version, and removed without its members', async () => {
    const { contacts, lists, writing } = open();
    const created = await lists.create('Glider club', inTime());
    expect(created).toMatchObject({ name: 'Glider club', system: false });
    const taken = failing('already_exists', { outcomeUnknown: false });
    await expect(lists.create('Glider club', inTime())).rejects.toThrow(taken);
    const { remoteId, etag = '' } = created;
    const renamed = await lists.rename(remoteId, { name: 'Balloon club', etag }, inTime());
    expect(renamed).toMatchObject({ remoteId, name: 'Balloon club' });
    const stale = lists.rename(remoteId, { name: 'Kite club', etag }, inTime());
    await expect(stale).rejects.toThrow(failing('stale_version'));
    const member = await contacts.create(writing.draft('Rower'), inTime());
    await lists.changeMembers(remoteId, { add: [member.remoteId], remove: [] }, inTime());
    await lists.remove(remoteId, inTime());
    await lists.remove(remoteId, inTime());
    expect(await contacts.get(member.remoteId, inTime())).toBeDefined();
  });

  test('members come and go, a repeat changes nothing, and what could not be done is named', async () => {
    const { contacts, lists, writing } = open();
    const { remoteId } = await lists.create('Night choir', inTime());
    const member = await contacts.create(writing.draft('Alto'), inTime());
    const gone = await contacts.create(writing.draft('Bass'), inTime());
    await contacts.remove(gone.remoteId, inTime());
    const add = { add: [member.remoteId, gone.remoteId], remove: [] };
    const outcome = { notFound: [gone.remoteId], lastList: [] };
    expect(await lists.changeMembers(remoteId, add, inTime())).toEqual(outcome);
    const joined = await contacts.get(member.remoteId, inTime());
    expect(joined?.etag).not.toBe(member.etag);
    expect(await lists.changeMembers(remoteId, add, inTime())).toEqual(outcome);
    expect(await contacts.get(member.remoteId, inTime())).toEqual(joined);
    await lists.changeMembers(remoteId, { add: [], remove: [member.remoteId] }, inTime());
    expect(JSON.stringify((await contacts.get(member.remoteId, inTime()))?.raw)).not.toContain(remoteId);
  });
}
