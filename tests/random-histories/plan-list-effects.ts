/** What came of lists, groups and memberships as a plan was applied, held against what it showed: that, and no more. */
import { isDeepStrictEqual } from 'node:util';
import type { Plan, PlanLists } from '../../api/contract/plan.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { groupsOf, type PersonWithName } from '../../sync/person.ts';
import type { ListTables } from './lists.ts';
import type { GroupWrite, ModelGroup } from './model-groups.ts';

/** Both sides of lists at one time. */
export interface ListsOfBoth {
  readonly tables: Pick<ListTables, 'lists' | 'links' | 'members'>;
  readonly groups: ReadonlyMap<string, ModelGroup>;
  readonly persons: readonly PersonWithName[];
}

interface AppliedLists {
  readonly plan: Plan;
  readonly before: ListsOfBoth;
  readonly after: ListsOfBoth;
  /** At Google. */
  readonly writes: readonly GroupWrite[];
}

/** Whether the tables show the groups as they are. */
export const isListMirrorTrue = ({ tables, groups }: ListsOfBoth): boolean => {
  const live = tables.links.filter(({ gone }) => !gone);
  return (
    live.length === groups.size && live.every(({ remoteId, name }) => groups.get(remoteId)?.name === name)
  );
};

export function judgeLists(applied: AppliedLists): void {
  const { lists } = applied.plan;
  if (lists === undefined) throw new InvariantBroken('plans: one says nothing of lists');
  const { harmony, provider, tied } = lists;
  const [shown, done] = [{ harmony, provider, tied }, whatWasDone(applied)];
  if (!isDeepStrictEqual(shown, done))
    throw new InvariantBroken(
      `plans: of lists one showed ${JSON.stringify(shown)}, and its run did ${JSON.stringify(done)}`,
    );
}

function whatWasDone({
  before,
  after,
  writes,
}: AppliedLists): Pick<PlanLists, 'harmony' | 'provider' | 'tied'> {
  const [then, now] = [before.tables, after.tables];
  const former = new Map(then.lists.map((list) => [list.id, list]));
  const written = (kind: GroupWrite['kind']) => writes.filter((write) => write.kind === kind).length;
  const live = now.lists.filter(({ archived }) => !archived);
  const members = movedMembers(before, after);
  const atGoogle = movedAtGoogle(before, after);
  return {
    harmony: {
      created: live.filter(({ id }) => !former.has(id)).length,
      updated: live.filter(({ id, name }) => {
        const list = former.get(id);
        return list !== undefined && (list.archived || list.name !== name);
      }).length,
      deleted: now.lists.filter(({ id, archived }) => archived && former.get(id)?.archived === false).length,
      ...members,
    },
    provider: {
      ...{ created: written('create'), updated: written('rename'), deleted: written('remove') },
      ...atGoogle,
    },
    tied: now.links.filter(({ remoteId, listId, gone }) => {
      const wasTo = then.links.find((link) => link.remoteId === remoteId)?.listId;
      return (
        !gone && before.groups.has(remoteId) && listId !== null && wasTo !== listId && former.has(listId)
      );
    }).length,
  };
}

type Moved = Pick<PlanLists['harmony'], 'membersAdded' | 'membersRemoved'>;

/** Of lists that live. A list that went into another one counts as that. */
function movedMembers({ tables: then }: ListsOfBoth, { tables: now }: ListsOfBoth): Moved {
  const live = new Set(now.lists.flatMap(({ id, archived }) => (archived ? [] : id)));
  const known = new Set(now.lists.map(({ id }) => id));
  const heir = (listId: string): string => {
    if (known.has(listId)) return listId;
    const group = then.links.find((link) => link.listId === listId)?.remoteId;
    return now.links.find(({ remoteId }) => remoteId === group)?.listId ?? listId;
  };
  const split = (key: string) => key.split('/') as [string, string];
  const was = new Set(then.members.map((key) => `${split(key)[0]}/${heir(split(key)[1])}`));
  const is = new Set(now.members);
  return moved(was, is, (key) => live.has(split(key)[1]));
}

/** Of groups that live, and contacts that did not go. */
function movedAtGoogle(before: ListsOfBoth, after: ListsOfBoth): Moved {
  const keysOf = ({ persons }: ListsOfBoth) =>
    new Set(persons.flatMap((person) => groupsOf(person).map((group) => `${person.resourceName} ${group}`)));
  const left = new Set(after.persons.map(({ resourceName }) => resourceName));
  return moved(keysOf(before), keysOf(after), (key) => {
    const [name = '', group = ''] = key.split(' ');
    return left.has(name) && after.groups.has(group);
  });
}

const moved = (
  was: ReadonlySet<string>,
  is: ReadonlySet<string>,
  counts: (key: string) => boolean,
): Moved => ({
  membersAdded: [...is].filter((key) => !was.has(key) && counts(key)).length,
  membersRemoved: [...was].filter((key) => !is.has(key) && counts(key)).length,
});
