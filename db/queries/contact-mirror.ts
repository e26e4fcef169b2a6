/** Remote contacts as links with their shadows, and the Harmony contacts that they feed (provider → Harmony). */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { rowJson, toJsonParameter } from '../json-parameter.ts';
import { contactLinks } from '../schema/index.ts';
import { writeMemberships } from './contact-list-members.ts';
import { seenIn } from './listing-marks.ts';
import { type MirrorContext, type Mirrored, type PageOutcome, splitByHash } from './mirror.ts';

/** The typed columns of a contact, as mapped from the remote, and the remote ids of the groups that it is in. */
export interface ContactColumns {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly jobTitle: string | null;
  readonly company: string | null;
  readonly department: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: string | null;
  readonly birthday: string | null;
  readonly website: string | null;
  readonly notes: string | null;
  readonly groups: readonly string[];
}

export interface ContactRow extends Mirrored {
  readonly formerRemoteIds: readonly string[];
  /** Maps the raw record, asked only for rows that changed. */
  readonly columns: () => ContactColumns;
}

interface KnownLink {
  readonly contentHash: string;
  readonly contactId: string | null;
}

/**
 * Writes a page of remote contacts: renames first, then shadows and the contacts they feed, then archives what the
 * provider says is gone. Unchanged contacts are not touched.
 */
export async function writeContacts(
  tx: Transaction,
  context: MirrorContext,
  page: { rows: readonly ContactRow[]; deletions: readonly string[] },
): Promise<PageOutcome> {
  await applyRenames(tx, context, page.rows);
  const known = await knownLinks(tx, context, page.rows);
  const hashes = new Map([...known].map(([id, link]) => [id, link.contentHash]));
  const split = splitByHash(page.rows, hashes);
  const changed = [...split.created, ...split.updated].map((row) => ({
    row,
    contactId: known.get(row.remoteId)?.contactId ?? newId('con'),
    existing: known.get(row.remoteId)?.contactId != null,
  }));
  if (changed.length > 0)
    await Promise.all([upsertContacts(tx, context, changed), upsertLinks(tx, context, changed)]);
  const deleted = await archiveContacts(tx, context, page.deletions);
  return {
    created: split.created.length,
    updated: split.updated.length,
    unchanged: split.unchanged,
    deleted,
  };
}

interface Change {
  readonly row: ContactRow;
  readonly contactId: string;
  readonly existing: boolean;
}

/** A contact's id can change when it is joined with a profile; the link keeps its Harmony contact. */
async function applyRenames(
  tx: Transaction,
  context: MirrorContext,
  rows: readonly ContactRow[],
): Promise<void> {
  for (const row of rows) {
    for (const former of row.formerRemoteIds) {
      await tx.execute(sql`
        update contact_links l set remote_id = ${row.remoteId}
        where l.integration_id = ${context.integrationId} and l.remote_id = ${former}
          and not exists (select 1 from contact_links o
            where o.integration_id = l.integration_id and o.remote_id = ${row.remoteId})`);
    }
  }
}

async function knownLinks(
  tx: Transaction,
  context: MirrorContext,
  rows: readonly ContactRow[],
): Promise<Map<string, KnownLink>> {
  const found = await tx
    .select({
      remoteId: contactLinks.remoteId,
      contentHash: contactLinks.contentHash,
      contactId: contactLinks.contactId,
      tombstonedAt: contactLinks.tombstonedAt,
    })
    .from(contactLinks)
    .where(
      and(
        eq(contactLinks.integrationId, context.integrationId),
        sql`${contactLinks.remoteId} = any(${sql.param(rows.map((row) => row.remoteId))}::text[])`,
      ),
    );
  // A tombstoned contact that shows up again has to be written, whatever its content.
  return new Map(
    found.map((row) => [
      row.remoteId,
      { contentHash: row.tombstonedAt === null ? row.contentHash : '', contactId: row.contactId },
    ]),
  );
}

async function upsertContacts(
  tx: Transaction,
  context: MirrorContext,
  changes: readonly Change[],
): Promise<void> {
  const parameter = toJsonParameter(
    changes.map(({ row, contactId }) => JSON.stringify({ id: contactId, ...row.columns() })),
  );
  await tx.execute(sql`
    insert into contacts (id, workspace_id, user_id, first_name, last_name, job_title, company, department, email,
      phone, address, birthday, website, notes)
    select r.id, ${context.workspaceId}, ${context.userId}, r."firstName", r."lastName", r."jobTitle", r.company,
      r.department, r.email, r.phone, r.address, r.birthday, r.website, r.notes
    from json_to_recordset(${parameter}::json) as r(id text, "firstName" text, "lastName" text, "jobTitle" text,
      company text, department text, email text, phone text, address text, birthday text, website text, notes text)
    on conflict (id) do update set
      first_name = excluded.first_name, last_name = excluded.last_name, job_title = excluded.job_title,
      company = excluded.company, department = excluded.department, email = excluded.email, phone = excluded.phone,
      address = excluded.address, birthday = excluded.birthday, website = excluded.website, notes = excluded.notes,
      version = contacts.version + 1, archived_at = null, updated_at = now()`);
  await writeMemberships(tx, {
    integrationId: context.integrationId,
    contacts: parameter,
    allNew: changes.every(({ existing }) => !existing),
  });
}

async function upsertLinks(
  tx: Transaction,
  context: MirrorContext,
  changes: readonly Change[],
): Promise<void> {
  const parameter = toJsonParameter(
    changes.map(({ row, contactId }) =>
      rowJson(
        {
          remote_id: row.remoteId,
          etag: row.etag,
          content_hash: row.contentHash,
          remote_updated_at: row.remoteUpdatedAt,
          contact_id: contactId,
        },
        row.rawJson,
      ),
    ),
  );
  await tx.execute(sql`
    insert into contact_links (integration_id, stream, remote_id, etag, content_hash, remote_updated_at, shadow,
      contact_id, seen_by_run)
    select ${context.integrationId}, ${context.stream}, r.remote_id, r.etag, r.content_hash, r.remote_updated_at,
      r.raw, r.contact_id, ${context.runId}
    from json_to_recordset(${parameter}::json) as r(remote_id text, etag text, content_hash text,
      remote_updated_at timestamptz, raw json, contact_id text)
    on conflict (integration_id, remote_id) do update set
      etag = excluded.etag, content_hash = excluded.content_hash, remote_updated_at = excluded.remote_updated_at,
      shadow = excluded.shadow, contact_id = excluded.contact_id, seen_by_run = excluded.seen_by_run,
      tombstoned_at = null, updated_at = now()`);
}

/** Archives the Harmony contacts of remote ids that are gone and tombstones their links. Returns how many were live. */
export async function archiveContacts(
  tx: Transaction,
  context: { integrationId: string },
  remoteIds: readonly string[],
): Promise<number> {
  if (remoteIds.length === 0) return 0;
  const gone = await tx
    .update(contactLinks)
    .set({ tombstonedAt: sql`now()` })
    .where(
      and(
        eq(contactLinks.integrationId, context.integrationId),
        isNull(contactLinks.tombstonedAt),
        sql`${contactLinks.remoteId} = any(${sql.param([...remoteIds])}::text[])`,
      ),
    )
    .returning({ contactId: contactLinks.contactId });
  const ids = gone.map((row) => row.contactId).filter((id) => id !== null);
  if (ids.length > 0) {
    // Another integration may feed the same contact; it goes only with its last living link.
    await tx.execute(sql`
      update contacts set archived_at = now(), version = version + 1, updated_at = now()
      where id = any(${sql.param(ids)}::text[]) and archived_at is null and not exists (
        select 1 from contact_links l where l.contact_id = contacts.id and l.tombstoned_at is null)`);
  }
  return gone.length;
}

/** Remote ids of living links that a complete listing did not see, at most `limit`, after `afterId` in id order. */
export async function unseenContacts(
  tx: Executor,
  where: { integrationId: string; stream: string; listingId: string; afterId: string },
  limit: number,
): Promise<string[]> {
  const rows = await tx.execute<{ remote_id: string }>(sql`
    select remote_id from contact_links
    where integration_id = ${where.integrationId} and stream = ${where.stream} and tombstoned_at is null
      and remote_id > ${where.afterId}
    except ${seenIn({ ...where, collectionId: '' })}
    order by remote_id
    limit ${limit}`);
  return rows.map((row) => row.remote_id);
}

/**
 * Removes an integration's links, `limit` at a time, and with `contacts` the Harmony contacts that no other
 * integration feeds. Returns how many links went: fewer than `limit` means all are gone.
 */
export async function purgeContactLinks(
  tx: Transaction,
  input: { integrationId: string; contacts: 'keep' | 'delete'; limit: number },
): Promise<number> {
  const gone = await tx.execute<{ contact_id: string | null }>(sql`
    delete from contact_links where (integration_id, remote_id) in (
      select integration_id, remote_id from contact_links where integration_id = ${input.integrationId}
      limit ${input.limit})
    returning contact_id`);
  const ids = gone.map((row) => row.contact_id).filter((id) => id !== null);
  if (input.contacts === 'delete' && ids.length > 0) {
    await tx.execute(sql`
      with gone as (
        delete from contacts where id = any(${sql.param(ids)}::text[])
          and not exists (select 1 from contact_links l where l.contact_id = contacts.id)
        returning id)
      delete from contact_list_members m using gone where m.contact_id = gone.id`);
  }
  return gone.length;
}
