/**
 * Contacts and remote contacts that nothing ties, found by what they may match by: keys that equal values share
 * (migrations/0009_contact_matching.sql and 0023), under indexes of both tables, so that no address book is read as a whole.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { isOwnStream, onlyReadStreams } from '../schema/index.ts';
import { isBeingListed } from './contact-work.ts';

/** Keys of an e-mail address, or of a phone number with a name. */
type Keys = readonly string[];

export interface UnlinkedContact {
  readonly id: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly keys: Keys;
}

export interface UnlinkedRemote {
  readonly remoteId: string;
  /** Lists of the shadow that matching looks at; null where there is none. */
  readonly names: unknown;
  readonly emailAddresses: unknown;
  readonly phoneNumbers: unknown;
  readonly keys: Keys;
}

/** Sought by their ids, or by one of their keys where their id is not known yet. */
type Sought =
  | { readonly ids: readonly string[] }
  | { readonly keys: Keys; readonly known: readonly string[] };

const texts = (values: readonly string[]): SQL => sql`${sql.param([...values])}::text[]`;

/** Not one of those that are only read, which match nobody. */
const isWritable = isOwnStream(sql`stream`);

/** The user's living contacts that no link of this integration ties. */
export async function findUnlinkedContacts(
  db: Executor,
  { userId, integrationId, sought }: { userId: string; integrationId: string; sought: Sought },
): Promise<UnlinkedContact[]> {
  // Key by key, each by its own index (`offset 0`): for all keys at once the planner would rather read all contacts.
  const ids =
    'ids' in sought
      ? sql`${texts(sought.ids)}`
      : sql`array(select found.id from unnest(${texts(sought.keys)}) sought(key), lateral (
          select id from contacts where user_id = ${userId} and email <> '' and match_email(email) = sought.key
          union all select id from contacts where user_id = ${userId} and phone <> ''
            and match_phone(phone, first_name, last_name) = sought.key
          offset 0) found
        where found.id <> all(${texts(sought.known)}))`;
  // Ties are looked up for all at once: one by one, a planner without statistics may read all links for each.
  return db.execute<UnlinkedContact & Record<string, unknown>>(sql`
    with c as materialized (
      select * from contacts where id = any(${ids}) and user_id = ${userId} and archived_at is null)
    select c.id, c.email, c.phone, c.first_name as "firstName", c.last_name as "lastName",
      array_remove(array[match_email(c.email), match_phone(c.phone, c.first_name, c.last_name)], null) as keys
    from c
    where c.id not in (select l.contact_id from contact_links l
      where l.contact_id = any(array(select id from c)) and l.integration_id = ${integrationId})
    order by c.id`);
}

/** Living links that tie no contact and can be written; `tied`: those of these ids that tie one. */
export async function findUnlinkedRemotes(
  db: Executor,
  { integrationId, sought, tied = false }: { integrationId: string; sought: Sought; tied?: boolean },
): Promise<UnlinkedRemote[]> {
  const where =
    'ids' in sought
      ? sql`remote_id = any(${texts(sought.ids)})`
      : sql`remote_match_keys(shadow) && ${texts(sought.keys)} and remote_id <> all(${texts(sought.known)})`;
  return db.execute<UnlinkedRemote & Record<string, unknown>>(sql`
    select remote_id as "remoteId", shadow -> 'names' as names, shadow -> 'emailAddresses' as "emailAddresses",
      shadow -> 'phoneNumbers' as "phoneNumbers", remote_match_keys(shadow) as keys
    from contact_links
    where integration_id = ${integrationId} and contact_id is ${tied ? sql`not null` : sql`null`}
      and tombstoned_at is null and ${isWritable} and ${where}
    order by remote_id`);
}

/** Whether the integration has ever read a stream that nobody can write, whose links may tie contacts still. */
export async function hasReadOnlyStream(db: Executor, integrationId: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from stream_cursors
    where integration_id = ${integrationId} and stream = any(${texts(Object.keys(onlyReadStreams))}) limit 1`);
  return rows.length > 0;
}

/**
 * Living links of what is only read whose contacts have one of these e-mail addresses, live, and are tied to nothing else
 * of this integration, each with the address of its contact; the caller compares them exactly.
 */
export async function onlyReadTies(
  db: Executor,
  { userId, integrationId, emails }: { userId: string; integrationId: string; emails: readonly string[] },
): Promise<{ remoteId: string; email: string }[]> {
  if (emails.length === 0) return [];
  return db.execute<{ remoteId: string; email: string }>(sql`
    with found as materialized (
      select c.id, c.email from (select distinct match_email(e) from unnest(${texts(emails)}) e) sought(key), lateral (
        select id, email from contacts where user_id = ${userId} and email <> '' and match_email(email) = sought.key
          and archived_at is null
        offset 0) c)
    select min(l.remote_id) as "remoteId", min(f.email) as email
    from found f join contact_links l on l.contact_id = f.id and l.integration_id = ${integrationId}
    where l.contact_id = any(array(select id from found))
    group by l.contact_id
    having bool_and(l.tombstoned_at is null and not ${isWritable})`);
}

/** Remote ids after `afterId` that wait for a person because they match in more than one way, at most `limit`. */
export async function ambiguousRemotes(
  db: Executor,
  { integrationId, afterId, limit }: { integrationId: string; afterId: string; limit: number },
): Promise<string[]> {
  const rows = await db.execute<{ remote_id: string }>(sql`
    select remote_id from contact_links
    where integration_id = ${integrationId} and parked is not null and parked ->> 'reason' = 'ambiguous_match'
      and contact_id is null and tombstoned_at is null and remote_id > ${afterId}
    order by remote_id limit ${limit}`);
  return rows.map((row) => row.remote_id);
}

interface Mention {
  readonly remoteId: string;
  readonly contactId: string | null;
  readonly shadow: unknown;
}

/** Living links that can be written, with one of these e-mail addresses among theirs; the caller compares them exactly. */
export const linksWithEmails = (
  db: Executor,
  { integrationId, emails }: { integrationId: string; emails: readonly string[] },
): Promise<Mention[]> =>
  linksWith(db, {
    integrationId,
    sought: sql`select match_email(e) from unnest(${texts(emails)}) e`,
    values: sql`select match_email(v) from remote_values(l.shadow, 'emailAddresses', 'value') v`,
    count: emails.length,
  });

/** Living links that can be written and carry one of these texts as client data. */
export const linksWithMarkers = (
  db: Executor,
  { integrationId, markers }: { integrationId: string; markers: readonly string[] },
): Promise<Mention[]> =>
  linksWith(db, {
    integrationId,
    sought: sql`select unnest(${texts(markers)})`,
    values: sql`select v from remote_values(l.shadow, 'clientData', 'value') v`,
    count: markers.length,
  });

/** One pass over the links, however many values are sought. */
async function linksWith(
  db: Executor,
  input: { integrationId: string; sought: SQL; values: SQL; count: number },
): Promise<Mention[]> {
  if (input.count === 0) return [];
  return db.execute<Mention & Record<string, unknown>>(sql`
    select l.remote_id as "remoteId", l.contact_id as "contactId", l.shadow from contact_links l
    where l.integration_id = ${input.integrationId} and l.tombstoned_at is null and ${isWritable}
      and exists (select 1 from (${input.values}) found(value) where found.value in (${input.sought}))
    order by l.remote_id`);
}

const turnOf = (userId: SQL): SQL =>
  sql`pg_advisory_xact_lock(hashtextextended('contacts:' || ${userId}, 0))`;

/**
 * Of a user's accounts one at a time decides which of its remote contacts are new: two that match on what neither has
 * committed would both make the same person, and never find out. Until the transaction ends; before anything is read for
 * that, and before any work or contact is locked.
 */
export async function takeMatchingTurn(tx: Executor, userId: string): Promise<void> {
  await tx.execute(sql`select ${turnOf(sql`${userId}::text`)}`);
}

/** The same for a person who makes a contact, where an account of theirs is being listed, which then does not make it, too. */
export async function takeTurnAmongListings(tx: Executor, userId: string): Promise<void> {
  await tx.execute(sql`
    select ${turnOf(sql`i.user_id`)} from integrations i where i.user_id = ${userId} and ${isBeingListed} limit 1`);
}

/**
 * Whether anybody has come whom this integration does not feed, since it had nobody as its listing began: another account
 * has brought contacts, or a person has made one, which is noted for it then (`noteContactWork`).
 */
export async function haveOthersCome(
  db: Executor,
  { userId, integrationId }: { userId: string; integrationId: string },
): Promise<boolean> {
  // By the keys of contacts alone, and for all at once: nobody has counted yet what a first listing has brought so far.
  const rows = await db.execute(sql`
    with noted as materialized (select key from contact_work where integration_id = ${integrationId} and kind = 'local')
    select 1 where exists (select 1 from integrations i where i.user_id = ${userId} and i.id <> ${integrationId}
        and exists (select 1 from contact_links l where l.integration_id = i.id))
      or exists (select 1 from noted cross join lateral (
          select 1 from contacts c where c.id = noted.key and c.archived_at is null offset 0) c
        where noted.key not in (select l.contact_id from (
          select contact_id, integration_id from contact_links
          where contact_id = any(array(select key from noted)) offset 0) l
          where l.integration_id = ${integrationId}))`);
  return rows.length > 0;
}
