/**
 * Tells the planners of two-way contacts what may have to be planned (docs/decisions/0010). Always before the change
 * itself, in its transaction: a planner that holds a row is waited for. Only of settings it comes after: who changes them holds
 * the integration. Contacts and lists are locked after they were noted by whoever edits them; of a membership everybody locks the
 * contact first, and notes it, or takes up what is noted, then. A sync notes for other accounts what it has locked and changed:
 * where an edit meets that, one of them is tried again (`transact`).
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { hasContacts, others, writesContacts } from './contact-makers.ts';

/**
 * Notes contacts of one user for every integration that they concern: those whose links tie them, and for contacts that are
 * tied to no other integration writing ones and those that are being listed, which may be about to bring the same person.
 * Contacts that do not exist yet may be named. Returns the integrations.
 */
export async function noteContactWork(
  tx: Transaction,
  { userId, contactIds }: { userId: string; contactIds: readonly string[] },
): Promise<readonly string[]> {
  if (contactIds.length === 0) return [];
  await holdIntegrations(tx, userId);
  return note(
    tx,
    sql`
    select i.id, 'local', c.id
    from integrations i, unnest(${sql.param([...contactIds])}::text[]) c(id)
    where i.user_id = ${userId} and (${concernsContact(sql`c.id`)}
      or ${isBeingListed} and not exists (select 1 from contact_links l where l.contact_id = c.id))
    order by i.id, c.id`,
  );
}

/** Over the alias `i` (an integration): it brings contacts, and a listing has begun that is not at its end. */
export const isBeingListed: SQL = sql`
  i.deleting_at is null and i.approved_direction is not null and exists (
    select 1 from stream_cursors s where s.integration_id = i.id and s.listing_id is not null)`;

/** As `noteContactWork`, for lists. */
export async function noteListWork(
  tx: Transaction,
  { userId, listIds }: { userId: string; listIds: readonly string[] },
): Promise<readonly string[]> {
  if (listIds.length === 0) return [];
  await holdIntegrations(tx, userId);
  return note(
    tx,
    sql`
    select i.id, 'list', c.id
    from integrations i, unnest(${sql.param([...listIds])}::text[]) c(id)
    where i.user_id = ${userId} and ${concernsList(sql`c.id`)}
    order by i.id, c.id`,
  );
}

/** Notes remote contacts of an integration. */
export async function noteRemoteContacts(
  tx: Transaction,
  integrationId: string,
  remoteIds: readonly string[],
): Promise<void> {
  if (remoteIds.length === 0) return;
  await note(
    tx,
    sql`select ${integrationId}, 'remote', r.id from unnest(${sql.param([...remoteIds])}::text[]) r(id) order by r.id`,
  );
}

/** An integration whose settings the transaction has changed. */
export interface ChangedSettings {
  readonly integrationId: string;
  /** Whether it wrote contacts before (`isWritingContacts`). */
  readonly wrote: boolean;
}

/**
 * Notes every remote contact that an integration knows, also one that went while it was not mapped, and for other integrations
 * the contacts that they feed, too: which of them is the source of a field may have changed. Where it writes contacts no more,
 * also those that nothing ties, which are another one's to make. Returns the integrations.
 */
export async function noteAllLinks(tx: Transaction, changed: ChangedSettings): Promise<readonly string[]> {
  return note(tx, sql`${allLinks(changed)} order by 1, 2, 3`);
}

const allLinks = ({ integrationId, wrote }: ChangedSettings): SQL => sql`
  select integration_id, 'remote', remote_id from contact_links where integration_id = ${integrationId}
  union select o.integration_id, 'local', o.contact_id from contact_links l
    join contact_links o on o.contact_id = l.contact_id and o.integration_id <> l.integration_id
  where l.integration_id = ${integrationId}
  ${wrote ? sql`union ${untiedOfOthers(integrationId)} and not (${writesContacts('mine')})` : sql``}`;

/** Notes for the person's other integrations the contacts that nothing ties: this one makes none of them any more. */
export async function noteUntiedElsewhere(tx: Transaction, integrationId: string): Promise<void> {
  await note(tx, sql`${untiedOfOthers(integrationId)} order by 1, 3`);
}

/**
 * Also for those that write nothing: one may be about to, in a transaction that commits before this one, and whose planner then
 * still sees this integration as the one that makes contacts.
 */
const untiedOfOthers = (integrationId: string): SQL => sql`
  select o.id, 'local', c.id from ${others} and ${hasContacts}
  join contacts c on c.user_id = o.user_id and ${mayBeMade}
  where mine.id = ${integrationId} and mine.approved_direction is not null`;

/** Over the alias `c` (a contact): nothing ties it, and it was kept from no account. */
const mayBeMade = sql`c.archived_at is null and c.kept_at is null
  and not exists (select 1 from contact_links l where l.contact_id = c.id)`;

/** Notes that an integration's lists may flow another way than before, so that all of them are looked at again. */
export async function noteListFlow(tx: Transaction, integrationId: string): Promise<void> {
  await note(tx, sql`select ${integrationId}::text, 'lists', ''`);
}

/**
 * Notes every list of the user that concerns the integration. One that nobody ever edited is what another account's group
 * left behind, and goes to no other account.
 */
export async function noteAllLists(
  tx: Transaction,
  { integrationId, userId }: { integrationId: string; userId: string },
): Promise<void> {
  await note(tx, sql`${allLists({ integrationId, userId })} order by o.id`);
}

/** What `noteAllLists` notes; the column of the lists is `key`. */
export const allLists = ({ integrationId, userId }: { integrationId: string; userId: string }): SQL => sql`
  select i.id, 'list', o.id as key from integrations i join contact_lists o on o.user_id = i.user_id and not o.system
  where i.id = ${integrationId} and i.user_id = ${userId} and (o.edited_at is not null or exists (
      select 1 from list_links l where l.list_id = o.id and l.integration_id = i.id))
    and ${concernsList(sql`o.id`)}`;

/**
 * As `noteAllLinks`, and the contacts of the user that may go to the provider: those tied to no integration, be it one that
 * is being deleted, and kept from none that was.
 */
export async function noteLinksAndUntied(
  tx: Transaction,
  { userId, ...changed }: ChangedSettings & { userId: string },
): Promise<readonly string[]> {
  // One statement, in one order: another account of the person may be noting the same contacts.
  return note(
    tx,
    sql`
    select ${changed.integrationId}::text, 'local', c.id from contacts c
    where c.user_id = ${userId} and ${mayBeMade}
    union ${allLinks(changed)} order by 1, 2, 3`,
  );
}

/**
 * Notes that a person put a contact on a list, or took it off, for every integration that both concern. Until it is
 * carried over, listings leave this membership alone. The contact is locked, see above.
 */
export async function noteMemberWork(
  tx: Transaction,
  { userId, contactId, listId }: { userId: string; contactId: string; listId: string },
): Promise<readonly string[]> {
  await holdIntegrations(tx, userId);
  return note(
    tx,
    sql`
    select i.id, 'member', ${`${contactId}/${listId}`} from integrations i
    where i.user_id = ${userId} and ${concernsContact(sql`${contactId}`)}
      and ${concernsList(sql`${listId}`)}
    order by i.id`,
  );
}

/**
 * Until the transaction ends no plan of the user is applied: one that is being applied has noted what there was, and what
 * comes about now is to be noted by the direction that it brings. In a statement of its own, so that the next one sees it.
 */
async function holdIntegrations(tx: Transaction, userId: string): Promise<void> {
  await tx.execute(sql`
    select 1 from integrations where user_id = ${userId} and deleting_at is null order by id for share`);
}

/**
 * Over the alias `i` (an integration): whether a contact goes there. A link of an integration that is being deleted ties
 * it until it is purged, which leaves a contact that a person kept.
 */
const concernsContact = (id: SQL): SQL =>
  concerns(sql`select 1 from contact_links l where l.contact_id = ${id}`, {
    isElsewhere: sql`exists (select 1 from contact_links l where l.contact_id = ${id})
      or exists (select 1 from contacts k where k.id = ${id} and k.kept_at is not null)`,
  });

/** As `concernsContact`, for a list; one of an integration that is being deleted is anybody's. */
const concernsList = (id: SQL): SQL =>
  concerns(sql`select 1 from list_links l where l.list_id = ${id}`, {
    isElsewhere: sql`exists (select 1 from list_links l join integrations o on o.id = l.integration_id
      where l.list_id = ${id} and o.deleting_at is null)`,
  });

const concerns = (links: SQL, { isElsewhere }: { isElsewhere: SQL }): SQL => sql`
  i.deleting_at is null and i.approved_direction is not null and (
    exists (${links} and l.integration_id = i.id)
    or (i.approved_direction <> 'from_provider' and not (${isElsewhere})))`;

/** The end of an insert into `contact_work`: what is noted already is due now, and its attempts are counted anew. */
export const orDueAgain: SQL = sql`
  on conflict (integration_id, kind, key) do update set touched = contact_work.touched + 1, due_at = now(), attempts = 0`;

async function note(tx: Transaction, rows: SQL): Promise<readonly string[]> {
  const noted = await tx.execute<{ integration_id: string }>(sql`
    with noted as (
      insert into contact_work (integration_id, kind, key) ${rows}
      ${orDueAgain}
      returning integration_id)
    select distinct integration_id from noted`);
  return noted.map((row) => row.integration_id);
}
