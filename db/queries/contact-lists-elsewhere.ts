/**
 * What a sync changes in lists and memberships is news to the person's other accounts that write (docs/decisions/0020). It is
 * noted as a person's edit is: until it is carried over, what they still have of before is not read.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { isOwnStream } from '../schema/index.ts';
import { sendsObject } from './contact-sync-settings.ts';
import { orDueAgain } from './contact-work.ts';

/** Over the alias `i` (an integration): lists flow from Harmony to it. */
const sendsLists: SQL = sendsObject('i', { harmonyObject: 'list', providerObject: 'contactGroup' });

/** Lists that the sync of this integration is about to rename, archive or restore. */
export async function noteListsElsewhere(
  tx: Transaction,
  { integrationId, listIds }: { integrationId: string; listIds: readonly string[] },
): Promise<void> {
  if (listIds.length === 0) return;
  await tx.execute(sql`
    insert into contact_work (integration_id, kind, key)
    select distinct i.id, 'list', l.list_id
    from list_links l join integrations i on i.id = l.integration_id
    where l.list_id = any(${sql.param([...listIds])}::text[]) and l.integration_id <> ${integrationId}
      and ${sendsLists}
    order by 1, 3
    ${orDueAgain}`);
}

/** Over `contact_work` on a list: another account that lists are sent to has it, too. */
export const isListWrittenElsewhere: SQL<boolean> = sql`
  exists (select 1 from list_links l join integrations i on i.id = l.integration_id
    where l.list_id = contact_work.key and l.integration_id <> contact_work.integration_id and l.tombstoned_at is null and ${sendsLists})`;

/** The aliases `l`, `i` and `c`: a list, another account that lists are sent to, and a contact, both of which it has. */
const writtenElsewhere = (integrationId: string): SQL => sql`
  list_links l
  join integrations i on i.id = l.integration_id and i.id <> ${integrationId} and ${sendsLists}
  join contact_links c on c.integration_id = l.integration_id and l.tombstoned_at is null and c.tombstoned_at is null
    and ${isOwnStream(sql`c.stream`)}`;

/** Over the aliases of `writtenElsewhere`: the account has told that it refuses this membership, or its end. */
const isRefusedElsewhere: SQL = sql`
  exists (select 1 from contact_conflicts f
    where f.integration_id = i.id and f.contact_id = c.contact_id and f.list_id = l.list_id and f.kind = 'refused'
      and f.resolved_at is null)`;

/** Over the alias `p` (a contact_id and list_id): another account would be told of a change of this membership. */
export const isWrittenElsewhere = (integrationId: string): SQL => sql`
  exists (select 1 from ${writtenElsewhere(integrationId)}
    where l.list_id = p.list_id and c.contact_id = p.contact_id)`;

/** A membership, by the columns of `contact_list_members`. */
export type MemberRow = Readonly<{ contact_id: string; list_id: string }>;

/**
 * Memberships that the sync of this integration has just changed, where the other one has both the contact and the list.
 * `isRefusal`: nobody changed them, but this provider refuses anything else; one that has refused the same is not asked again.
 */
export async function noteMembersElsewhere(
  tx: Transaction,
  {
    integrationId,
    members,
    isRefusal = false,
  }: { integrationId: string; members: readonly MemberRow[]; isRefusal?: boolean },
): Promise<void> {
  if (members.length === 0) return;
  const contactIds = [...new Set(members.map((member) => member.contact_id))];
  const listIds = [...new Set(members.map((member) => member.list_id))];
  const keys = members.map((member) => `${member.contact_id}/${member.list_id}`);
  await tx.execute(sql`
    insert into contact_work (integration_id, kind, key)
    select distinct i.id, 'member', c.contact_id || '/' || l.list_id
    from ${writtenElsewhere(integrationId)}
    where l.list_id = any(${sql.param(listIds)}::text[]) and c.contact_id = any(${sql.param(contactIds)}::text[])
      and c.contact_id || '/' || l.list_id = any(${sql.param(keys)}::text[])
      ${isRefusal ? sql`and not ${isRefusedElsewhere}` : sql``}
    order by 1, 3
    ${orDueAgain}`);
}
