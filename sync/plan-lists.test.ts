import { expect, it } from 'vitest';
import type { SeenGroup as Link, KeptList as List } from './plan-due-list.ts';
import { ListsPlan } from './plan-lists.ts';

const long = '2026-01-01T00:00:00.000Z';
/** One that a person made; those that a group brought have `editedAt: null`. */
const list = (id: string, name: string, more: Partial<List> = {}): List => ({
  ...{ id, name, system: false, version: 1, editedAt: long, archivedAt: null },
  ...more,
});
const group = (id: string, name: string, listId: string | null, more: Partial<Link> = {}): Link => ({
  ...{ remoteId: id, remoteName: name, listId, system: false, takesMembers: true },
  ...{ localVersion: 1, baseName: name, remoteUpdatedAt: null, tombstonedAt: null },
  ...more,
});
const plan = (
  lists: readonly List[],
  links: readonly Link[],
  direction: 'both' | 'from_provider' | 'to_provider' | 'none' = 'both',
) =>
  new ListsPlan(
    { direction, policy: 'newest' },
    {
      lists: new Map(lists.map((one) => [one.id, one])),
      links,
      takenUp: new Map(),
      lookedAt: new Set(lists.map(({ id }) => id)),
      ...{ shared: new Set<string>(), writtenElsewhere: new Set<string>() },
    },
  );
const told = (of: ListsPlan) =>
  of
    .summary()
    .samples.map(({ side, action, name, newName }) =>
      [side, action, name, newName].filter((word) => word !== undefined).join(' '),
    );

it('a list whose name another group has takes that up, with the list that it fed where nobody edited that', () => {
  const fed = list('lst_1', 'Choir', { editedAt: null });
  const own = list('lst_2', 'Choir');
  const taken = plan([fed, own], [group('g1', 'Choir', 'lst_1')]);
  expect(told(taken)).toEqual(['none tie Choir']);
  expect(taken.ties).toEqual([{ listId: 'lst_2', groupId: 'g1', formerId: 'lst_1', takesMembers: true }]);
  const edited = plan([{ ...fed, editedAt: long }, own], [group('g1', 'Choir', 'lst_1')]);
  expect(told(edited)).toEqual(['none park Choir']);
  expect(edited.summary()).toMatchObject({ tied: 0, parked: 1 });
  expect(told(plan([fed, own], [group('g1', 'Choir', 'lst_1')], 'to_provider'))).toEqual(['none park Choir']);
});

it('a name is free once the group that had it is called something else, and not before', () => {
  const links = [group('g1', 'Band', 'lst_1'), group('g2', 'Choir', 'lst_2')];
  const names = (first: string, second: string) =>
    told(plan([list('lst_1', first, { version: 2 }), list('lst_2', second, { version: 2 })], links));
  expect(names('Crew', 'Band')).toEqual(['provider rename Band Crew', 'provider rename Choir Band']);
  expect(names('Choir', 'Crew')).toEqual(['none park Choir', 'provider rename Choir Crew']);
});

it('each side loses what the other one no longer has, but not many at once', () => {
  const archived = list('lst_1', 'Band', { archivedAt: long, version: 2 });
  const links = [group('g1', 'Band', 'lst_1'), group('g2', 'Choir', 'lst_2', { tombstonedAt: long })];
  const some = plan([archived, list('lst_2', 'Choir')], links);
  expect(told(some)).toEqual(['provider delete Band', 'harmony delete Choir']);
  expect(some.ties).toEqual([]);
  const ids = Array.from({ length: 11 }, (_, number) => number);
  const many = plan(
    ids.map((id) => list(`lst_${id}`, `${id}`)),
    ids.map((id) => group(`g${id}`, `${id}`, `lst_${id}`, { tombstonedAt: long })),
  );
  expect(many.summary()).toMatchObject({ harmony: { deleted: 0 }, parked: 11 });
});

it('a name that gives way is counted, and nothing is where lists do not flow', () => {
  const lists = [list('lst_1', 'Crew', { version: 2 })];
  const links = [group('g1', 'Choir', 'lst_1', { baseName: 'Band' })];
  expect(plan(lists, links).summary()).toMatchObject({ provider: { updated: 1 }, conflicts: 1 });
  const none = plan(lists, [...links, group('g2', 'New', null)], 'none');
  expect([told(none), none.summary().conflicts]).toEqual([[], 0]);
});

it('members of a list add up, and the most are shown first', () => {
  const of = plan([list('lst_1', 'Band'), list('lst_2', 'Crew')], [group('g1', 'Band', 'lst_1')]);
  for (const listId of ['lst_1', 'lst_2', 'lst_2'])
    of.addMember({ listId, side: 'provider', isMember: true });
  const { provider, samples } = of.summary();
  expect([provider.created, provider.membersAdded]).toEqual([1, 3]);
  expect(samples.filter(({ action }) => action === 'add_members')).toEqual([
    { side: 'provider', action: 'add_members', name: 'Crew', members: 2 },
    { side: 'provider', action: 'add_members', name: 'Band', members: 1 },
  ]);
});
