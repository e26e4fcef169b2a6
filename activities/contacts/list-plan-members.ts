/** The part of a plan that is about lists: with each contact that is planned goes who would be put on them, or taken off. */
import type { Executor } from '../../db/client.ts';
import { readLists, readMembers, readMemberWork } from '../../db/queries/contact-list-plan.ts';
import { loadContactSyncRow } from '../../db/queries/contact-sync-settings.ts';
import { onlyReadStreams, type SyncDirection } from '../../db/schema/index.ts';
import { flowOf } from '../../sync/list-flow.ts';
import type { ContactPlan, Operation } from '../../sync/operations.ts';
import { groupsOf, type Person as RemotePerson } from '../../sync/person.ts';
import { ListsPlan, type PlannedTie } from '../../sync/plan-lists.ts';
import { planMembership } from '../../sync/plan-membership.ts';
import { type ListsSummary, summarizeLists } from '../../sync/summarize-lists.ts';
import { directionOfLists } from './contact-sync.ts';
import type { Candidate } from './plan-candidate.ts';

const contactsAtOnce = 1000;

/** A contact as the plan would tie it, with the groups that the remote one is in; one that is to be made has an id of the plan's own. */
interface Person {
  readonly contactId: string;
  readonly groups: readonly string[];
  /** Nothing was sent of its memberships that listings may not show yet. */
  readonly isAnew?: boolean;
}

export interface ListPlanOfContacts {
  add(candidate: Candidate, plan: ContactPlan): Promise<void>;
  summary(): Promise<ListsSummary>;
}

/** `change`: direction and mappings as the plan would have them. Contacts are counted set by set, and none of them is kept. */
export async function openListPlan(
  db: Executor,
  integrationId: string,
  change: { direction: SyncDirection; mappingVersion: number },
): Promise<ListPlanOfContacts> {
  const row = await loadContactSyncRow(db, integrationId);
  const direction = row === undefined ? 'none' : directionOfLists(row, change);
  if (row === undefined || direction === 'none')
    return { add: async () => {}, summary: async () => summarizeLists([]) };
  const { userId, conflictPolicy } = row.integration;
  const flow = flowOf(direction);
  const present = await readLists(db, { integrationId, userId, direction: change.direction, flow });
  const lists = new ListsPlan({ direction, policy: conflictPolicy ?? 'newest' }, present);
  const { ties } = lists;
  let people: Person[] = [];
  const count = async () => {
    const differing = await findDiffering(db, { ties, people });
    people = [];
    if (differing.length === 0) return;
    const work = await readMemberWork(db, { integrationId, keys: differing.flatMap(({ keys }) => keys) });
    for (const { tie, keys, isMember, isAnew } of differing) {
      const { listId, takesMembers } = tie;
      const isAnyIn = (set: Set<string>) => keys.some((key) => set.has(key));
      const change = planMembership(flow, {
        ...{ isMember, takesMembers, isWrittenElsewhere: isAnyIn(work.writtenElsewhere) },
        work: isAnyIn(work.waiting) ? 'waits' : !isAnew && isAnyIn(work.sent) ? 'sent' : undefined,
      });
      if (change !== undefined) lists.addMember({ listId, ...change });
    }
  };
  return {
    async add(candidate, plan) {
      const member = memberAfter(candidate, plan);
      if (member !== undefined && people.push(member) >= contactsAtOnce) await count();
    },
    async summary() {
      await count();
      return lists.summary();
    },
  };
}

/** A membership that one side alone has. */
interface Differing {
  readonly tie: PlannedTie;
  /** As `<contact>/<list>`: of the list, and of one that goes into it. */
  readonly keys: readonly string[];
  readonly isMember: boolean;
  readonly isAnew: boolean;
}

async function findDiffering(
  db: Executor,
  { ties, people }: { ties: readonly PlannedTie[]; people: readonly Person[] },
): Promise<Differing[]> {
  const differing: Differing[] = [];
  if (ties.length === 0 || people.length === 0) return differing;
  const listIds = ties.flatMap(({ listId, formerId }) => (formerId === null ? listId : [listId, formerId]));
  const contactIds = people.map(({ contactId }) => contactId);
  const members = new Set(await readMembers(db, { contactIds, listIds }));
  for (const { contactId, groups, isAnew = false } of people) {
    for (const tie of ties) {
      const { listId, formerId, groupId } = tie;
      const keys = [listId, formerId].flatMap((id) => (id === null ? [] : `${contactId}/${id}`));
      const isMember = keys.some((key) => members.has(key));
      if (isMember !== groups.includes(groupId)) differing.push({ tie, keys, isMember, isAnew });
    }
  }
  return differing;
}

const ends: readonly Operation['kind'][] = ['archive_local', 'delete_remote', 'unlink', 'link', 'tombstone'];

/** The contact and its groups as the plan leaves them; undefined where it has none at the provider. */
function memberAfter({ link, contact }: Candidate, { operations }: ContactPlan): Person | undefined {
  const kinds = operations.map(({ kind }) => kind);
  if (contact !== null && kinds.includes('create_remote'))
    return { contactId: contact.id, groups: [], isAnew: true };
  if (link === null || link.tombstonedAt !== null || onlyReadStreams[link.stream] !== undefined)
    return undefined;
  const groups = groupsOf(link.shadow as RemotePerson);
  if (kinds.includes('create_local')) return { contactId: `new:${link.remoteId}`, groups };
  return contact === null || kinds.some((kind) => ends.includes(kind))
    ? undefined
    : { contactId: contact.id, groups };
}
