import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runSettings } from './arbitraries.test-support.ts';
import { type EffectiveDirection, mayPull, mayPush } from './direction.ts';
import {
  type ListLink,
  type ListOperation,
  type ListSettings,
  type ListSituation,
  type LocalList,
  planList,
  type RemoteGroup,
} from './plan-list.ts';

const runs = runSettings(2000);
const directions: fc.Arbitrary<EffectiveDirection> = fc.constantFrom(
  'both',
  'from_provider',
  'to_provider',
  'none',
);
const names = fc.constantFrom('A', 'B', 'C');

const settings: fc.Arbitrary<ListSettings> = fc.record({
  direction: directions,
  policy: fc.constantFrom('newest', 'harmony', 'provider'),
  newer: fc.constantFrom('harmony', 'provider'),
});
const locals: fc.Arbitrary<LocalList> = fc.record({
  ...{ id: fc.constant('lst_1'), name: names },
  ...{ version: fc.integer({ min: 1, max: 3 }), archived: fc.boolean() },
});
const remotes: fc.Arbitrary<RemoteGroup> = fc.oneof(
  fc.record({
    state: fc.constant('live' as const),
    remoteId: fc.constant('g/1'),
    name: names,
    system: fc.boolean(),
  }),
  fc.constantFrom<RemoteGroup>({ state: 'deleted' }, { state: 'missing' }),
);
const links: fc.Arbitrary<ListLink> = fc.record({
  remoteId: fc.constant('g/1'),
  localVersion: fc.integer({ min: 1, max: 3 }),
  baseName: fc.option(names),
  tombstoned: fc.boolean(),
});
const situations: fc.Arbitrary<ListSituation> = fc.oneof(
  fc.record({ local: fc.option(locals), remote: remotes, link: links }),
  fc.record({ local: locals, remote: fc.constant<RemoteGroup>({ state: 'none' }), link: fc.constant(null) }),
  fc.record({ local: fc.constant(null), remote: remotes, link: fc.constant(null) }),
);

const toProvider = (operation: ListOperation) => /remote/.test(operation.kind);
const toHarmony = (operation: ListOperation) => /_local_|archive/.test(operation.kind);

/** Carries a plan out as an engine would. */
function apply(situation: ListSituation, operation: ListOperation): ListSituation {
  const { local, remote, link } = situation;
  const agreed = (list: LocalList, name: string): ListLink => ({
    ...{ remoteId: 'g/1', localVersion: list.version, baseName: name, tombstoned: false },
  });
  const live = (name: string): RemoteGroup => ({ state: 'live', remoteId: 'g/1', name, system: false });
  switch (operation.kind) {
    case 'create_local_list': {
      const made = { id: 'lst_1', name: operation.name, version: 1, archived: false };
      return { local: made, remote, link: agreed(made, operation.name) };
    }
    case 'rename_local_list':
    case 'restore_local_list': {
      const list = local as LocalList;
      const next = { ...list, name: operation.name, version: list.version + 1, archived: false };
      return { local: next, remote, link: agreed(next, operation.name) };
    }
    case 'archive_local_list': {
      const next = { ...(local as LocalList), archived: true };
      return { local: next, remote, link: { ...(link as ListLink), tombstoned: true } };
    }
    case 'create_remote_list':
    case 'rename_remote_list':
      return { local, remote: live(operation.name), link: agreed(local as LocalList, operation.name) };
    case 'delete_remote_list':
      return { local, remote: { state: 'deleted' }, link: { ...(link as ListLink), tombstoned: true } };
    case 'rebase_list':
      return { local, remote, link: agreed(local as LocalList, operation.name) };
    case 'tombstone_list':
      return { local, remote, link: { ...(link as ListLink), tombstoned: true } };
    case 'unlink_list':
      return { local, remote: { state: 'none' }, link: null };
  }
}

describe('a list and its group', () => {
  it('settle with one operation, and a second pass does nothing', () => {
    fc.assert(
      fc.property(settings, situations, (set, situation) => {
        const { operations } = planList(set, situation);
        expect(operations.length).toBeLessThanOrEqual(1);
        const after = operations.reduce(apply, situation);
        expect(planList(set, after).operations).toEqual([]);
      }),
      runs,
    );
  });
  it('have one name at rest where both ways are open', () => {
    fc.assert(
      fc.property(settings, situations, (set, situation) => {
        const both = { ...set, direction: 'both' as const };
        const after = planList(both, situation).operations.reduce(apply, situation);
        if (after.local?.archived !== false || after.remote.state !== 'live' || after.link === null) return;
        expect(after.local.name).toBe(after.remote.name);
      }),
      runs,
    );
  });
  it('are never written against the direction', () => {
    fc.assert(
      fc.property(settings, situations, (set, situation) => {
        const { operations } = planList(set, situation);
        if (!mayPush(set.direction)) expect(operations.filter(toProvider)).toEqual([]);
        if (set.direction === 'none') expect(operations).toEqual([]);
        if (!mayPull(set.direction)) {
          expect(operations.filter(toHarmony).filter(({ kind }) => kind !== 'archive_local_list')).toEqual(
            [],
          );
        }
      }),
      runs,
    );
  });
  it('of the provider’s own are neither renamed nor removed there, and nothing is inferred from absence', () => {
    fc.assert(
      fc.property(settings, situations, (set, situation) => {
        const kinds = planList(set, situation).operations.map(({ kind }) => kind);
        if (situation.remote.state === 'live' && situation.remote.system) {
          expect(kinds).not.toContain('rename_remote_list');
          expect(kinds).not.toContain('delete_remote_list');
        }
        if (situation.remote.state === 'missing') expect(kinds).toEqual([]);
      }),
      runs,
    );
  });
  it('lose no name unseen: one that both sides changed is told', () => {
    fc.assert(
      fc.property(settings, locals, links, names, (set, local, link, name) => {
        const remote = { state: 'live', remoteId: 'g/1', name, system: false } as const;
        const here = { ...local, archived: false };
        const plan = planList({ ...set, direction: 'both' }, { local: here, remote, link });
        const isConflict = new Set([here.name, name, link.baseName]).size === 3;
        expect(plan.lost !== undefined).toBe(isConflict);
        if (plan.lost !== undefined) expect([here.name, name]).toContain(plan.lost.name);
      }),
      runs,
    );
  });
  it('edit beats delete, on either side', () => {
    const set = { direction: 'both', policy: 'newest', newer: 'provider' } as const;
    const link = { remoteId: 'g/1', localVersion: 1, baseName: 'A', tombstoned: false };
    const local = { id: 'lst_1', name: 'B', version: 2, archived: false };
    expect(planList(set, { local, remote: { state: 'deleted' }, link }).operations).toMatchObject([
      { kind: 'create_remote_list', name: 'B' },
    ]);
    const renamed = { state: 'live', remoteId: 'g/1', name: 'C', system: false } as const;
    const archived = { ...local, name: 'A', archived: true };
    const restored = planList(set, { local: archived, remote: renamed, link });
    expect(restored).toEqual({
      operations: [expect.objectContaining({ kind: 'restore_local_list', name: 'C' })],
    });
    const bothRenamed = { ...archived, name: 'B' };
    expect(planList(set, { local: bothRenamed, remote: renamed, link })).toMatchObject({
      ...{ operations: [{ kind: 'restore_local_list', name: 'C' }], lost: { side: 'harmony', name: 'B' } },
    });
    const pushing = { ...set, direction: 'to_provider' } as const;
    expect(planList(pushing, { local: archived, remote: renamed, link }).operations).toMatchObject([
      { kind: 'unlink_list' },
    ]);
    const same = { ...renamed, name: 'A' };
    expect(planList(set, { local: archived, remote: same, link }).operations).toMatchObject([
      { kind: 'delete_remote_list' },
    ]);
  });
});
