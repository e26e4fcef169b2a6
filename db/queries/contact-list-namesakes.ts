/** A list that takes up the group of its name at the provider. */
import { sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { joinLists, noteMembersBehind } from './contact-list-members.ts';
import { changeListLink, noteMembersOfList } from './contact-list-work.ts';
import { type MemberRow, noteMembersElsewhere } from './contact-lists-elsewhere.ts';
import type { ContactListRow } from './contact-lists-read.ts';
import { closeRefusedOfList } from './contact-passing-conflicts.ts';
import { orDueAgain } from './contact-work.ts';
import { noteListChange } from './list-journal.ts';

/** A living group that has a list's name, and the list that it feeds. */
export interface Namesake {
  readonly remoteId: string;
  /** The provider's own. */
  readonly system: boolean;
  readonly listId: string | null;
  /** A person edited that list. */
  readonly isEdited: boolean;
  /** Another account's group feeds that list, too. */
  readonly isShared: boolean;
}

/** Groups of that name, in the order of their ids; their links stay as they are until the transaction ends. */
export async function findNamesakes(
  tx: Transaction,
  { integrationId, name }: { integrationId: string; name: string },
): Promise<readonly Namesake[]> {
  return tx.execute<Namesake & Record<string, unknown>>(sql`
    select l.remote_id as "remoteId", l.system, o.id as "listId", o.edited_at is not null as "isEdited",
      exists (select 1 from list_links t
        where t.list_id = l.list_id and t.integration_id <> l.integration_id) as "isShared"
    from list_links l left join contact_lists o on o.id = l.list_id
    where l.integration_id = ${integrationId} and l.tombstoned_at is null and lower(l.remote_name) = lower(${name})
    order by l.remote_id for update of l`);
}

/**
 * Ties a person's own list to a group of its name. The list which that fed until now goes into the own one, members included.
 * Where Harmony alone says who is on a list (`pulls` is false), whoever is in the group alone leaves it; else they go on the list.
 */
export async function adoptGroup(
  tx: Transaction,
  {
    integrationId,
    runId,
    list,
    group,
    pulls,
  }: { integrationId: string; runId: string; list: ContactListRow; group: Namesake; pulls: boolean },
): Promise<void> {
  const { remoteId, listId: former } = group;
  if (former !== null && former !== list.id) {
    await moveMemberJournal(tx, { integrationId, from: former, to: list.id });
    const members = await tx.execute<MemberRow>(sql`
      insert into contact_list_members (list_id, contact_id)
      select ${list.id}, contact_id from contact_list_members where list_id = ${former} on conflict do nothing
      returning contact_id, list_id`);
    await noteMembersElsewhere(tx, { integrationId, members });
    await tx.execute(sql`delete from contact_list_members where list_id = ${former}`);
    await moveMemberWork(tx, { integrationId, from: former, to: list.id });
    // All are sent anew, and whoever is refused again is told again.
    await closeRefusedOfList(tx, { integrationId, listId: former });
    const [gone] = await tx.execute<{ name: string }>(
      sql`delete from contact_lists where id = ${former} returning name`,
    );
    // Who came along is not noted: taken off again, they would be on no list, here and at the provider.
    await noteListChange(tx, {
      ...{ integrationId, runId, listId: former, side: 'harmony', action: 'merge' },
      ...{ before: gone?.name ?? null, after: list.name },
    });
  }
  const agreed = { listId: list.id, localVersion: list.version, baseName: list.name };
  await changeListLink(tx, { integrationId, remoteId }, agreed);
  await noteMembersOfList(tx, { integrationId, listId: list.id });
  if (!pulls) await noteMembersBehind(tx, { integrationId, listId: list.id });
  else if (former === null) {
    const members = await joinLists(tx, { integrationId, runId }, [remoteId]);
    await noteMembersElsewhere(tx, { integrationId, members });
  }
}

/**
 * What runs did to memberships of a list that goes into another one is theirs to take back on that one, but for contacts that are
 * on it already: of those it is the person's own doing.
 */
async function moveMemberJournal(
  tx: Transaction,
  { integrationId, from, to }: { integrationId: string; from: string; to: string },
): Promise<void> {
  await tx.execute(sql`
    update list_journal j set list_id = ${to}
    where integration_id = ${integrationId} and list_id = ${from} and contact_id is not null
      and not exists (select 1 from contact_list_members m where m.list_id = ${to} and m.contact_id = j.contact_id)`);
}

/** What a person changed on a list that goes into another one, and is not carried over or not seen yet, counts for that one. */
async function moveMemberWork(
  tx: Transaction,
  { integrationId, from, to }: { integrationId: string; from: string; to: string },
): Promise<void> {
  await tx.execute(sql`
    with moved as (
      delete from contact_work
      where integration_id = ${integrationId} and kind in ('member', 'member_sent') and split_part(key, '/', 2) = ${from}
      returning kind, split_part(key, '/', 1) || '/' || ${to} as key, due_at)
    insert into contact_work (integration_id, kind, key, due_at)
    select ${integrationId}, kind, key, due_at from moved order by kind, key
    ${orDueAgain}`);
}
