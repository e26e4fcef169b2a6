/** Remote contacts as links with their shadows, and the Harmony contacts that they feed (provider → Harmony). */
import { and, eq, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { rowJson, toJsonParameter } from '../json-parameter.ts';
import { contactLinks, contacts, isOwnStream, type LinkBases } from '../schema/index.ts';
import { together } from '../together.ts';
import { contactColumns, customNames, mappedColumns, valueIn } from './contact-columns.ts';
import { findSharedContacts } from './contact-feeds.ts';
import { readMemberships, writeMemberships } from './contact-list-members.ts';
import { journalOf, type PresentContact, type QuickChange } from './contact-mirror-journal.ts';
import {
  type ContactRow,
  type KnownVersions,
  linksNamed,
  type MappedContact,
  type MirrorRules,
} from './contact-mirror-rules.ts';
import { insertJournal } from './contact-outcome.ts';
import { noteMatchesElsewhere, noteRemoteWork } from './contact-queue.ts';
import { applyRenames, unparkReturned } from './contact-renames.ts';
import { noteGone } from './contacts-gone.ts';
import { type MirrorContext, type PageOutcome, splitByHash } from './mirror.ts';
import { isListedAgain } from './stream-cursors.ts';

type KnownLink = KnownVersions & {
  readonly contentHash: string;
  readonly contactId: string | null;
  readonly hasBase: boolean;
  /** It ties a contact, or did until it was gone. */
  readonly isOrWasTied: boolean;
  readonly isParked: boolean;
  readonly mappingVersion: number;
  readonly localVersion: number;
};

/** What the planner has to look at; no link: it is new. */
interface Planned {
  readonly row: ContactRow;
  readonly link: KnownLink | undefined;
}

/** Of a page. */
interface Observation {
  readonly planned: readonly Planned[];
  /** Contacts that another account feeds, too. */
  readonly shared: ReadonlySet<string>;
  readonly rules: MirrorRules;
}

/**
 * Writes a page of remote contacts: renames first, then shadows, then what is gone. What only flows from the provider
 * and what nobody edited goes into its contact at once, where no other account feeds that; everything else is noted for the
 * planner. Unchanged contacts are not touched, nor observations that are older than what is known.
 */
export async function writeContacts(
  tx: Transaction,
  context: MirrorContext,
  page: { rows: readonly ContactRow[]; deletions: readonly string[]; rules: MirrorRules },
): Promise<PageOutcome> {
  const { rules } = page;
  const displaced = await applyRenames(tx, context, page);
  const known = await knownLinks(tx, context, page.rows);
  const isFresh = (row: ContactRow): boolean => {
    const link = known.get(row.remoteId);
    return link === undefined || !rules.isStale(row, link);
  };
  const fresh = page.rows.filter(isFresh);
  // A tombstoned contact that shows up again has to be written, whatever its content.
  const hashes = new Map(
    [...known].map(([id, link]) => [id, link.goneSince === null ? link.contentHash : '']),
  );
  const split = splitByHash(fresh, hashes);
  const createsQuickly =
    rules.path === 'quick' && (split.created.length === 0 || !(await mayBeKnown(tx, context, rules)));
  const tied = split.updated.flatMap(({ remoteId }) => known.get(remoteId)?.contactId ?? []);
  const present = rules.path === 'quick' ? await lockPresent(tx, tied) : new Map<string, PresentContact>();
  // Whoever ties a contact locks it first. Which account is the source of a field, and whom a change is news to, the planner knows.
  const of = { integrationId: context.integrationId, contactIds: tied };
  const shared = await findSharedContacts(tx, of);
  let quick: QuickChange[] = [];
  const planned: Planned[] = [];
  for (const row of split.created) {
    if (createsQuickly && !row.isMarked)
      quick.push({ row, mapped: row.mapped(), contactId: newId('con'), version: 1 });
    else planned.push({ row, link: undefined });
  }
  for (const row of split.updated) {
    const link = known.get(row.remoteId) as KnownLink;
    const contact = present.get(link.contactId ?? '');
    // Whoever is in the archive may live as somebody else by now.
    const isHere = contact !== undefined && contact.archivedAt === null;
    if (isHere && !shared.has(contact.id) && isUntouched(link, rules, contact)) {
      const mapped = row.mapped();
      const version = contact.version + (isAsMapped(contact, { mapped, rules }) ? 0 : 1);
      quick.push({ row, mapped, contactId: contact.id, version });
    } else planned.push({ row, link });
  }
  if (rules.lists.pulls) {
    const kept = quick.filter(({ contactId, version }) => present.get(contactId)?.version === version);
    const moved = await groupsMovedOf(tx, context, { rows: kept.map(({ row }) => row), rules });
    // Which lists it is on is part of a contact, as where a person puts it on one.
    quick = quick.map((change) =>
      moved.has(change.row.remoteId) ? { ...change, version: change.version + 1 } : change,
    );
  }
  if (quick.length > 0)
    await together([
      upsertContacts(tx, context, { changes: quick, present, rules }),
      upsertLinks(tx, context, { changes: quick, rules }),
      insertJournal(tx, journalOf(context, { changes: quick, present, rules })),
    ]);
  if (planned.length > 0) await observe(tx, context, { planned, shared, rules });
  const gone = await noteGone(tx, context, { remoteIds: page.deletions, rules });
  const created = quick.filter(({ contactId }) => !present.has(contactId)).length;
  const returned = split.updated.filter((row) => known.get(row.remoteId)?.goneSince != null).length;
  return {
    created,
    updated: quick.length - created,
    deleted: 0,
    unchanged: split.unchanged + (page.rows.length - fresh.length),
    recordChange: split.created.length + returned - gone - displaced,
  };
}

/**
 * Whether what is new may be somebody whom Harmony has: a contact that this integration does not feed, or one of its own
 * under a new name, which a complete listing does not tell and the sweep after it finds out.
 */
async function mayBeKnown(tx: Transaction, context: MirrorContext, rules: MirrorRules): Promise<boolean> {
  return (await isListedAgain(tx, context)) || (await rules.hasOthers(tx));
}

/** What the link says is still so on Harmony's side, and no planner has written to it. */
function isUntouched(link: KnownLink, rules: MirrorRules, { version }: PresentContact): boolean {
  return (
    version === link.localVersion &&
    !link.hasBase &&
    !link.isParked &&
    link.mappingVersion === rules.mappingVersion
  );
}

/** None of its values changed: it stays as it is, since a new version would refuse an edit that is under way. */
function isAsMapped(
  contact: PresentContact,
  { mapped, rules }: { mapped: MappedContact; rules: MirrorRules },
): boolean {
  return rules.fields.every((field) => valueIn(contact, field) === (mapped.values[field] ?? null));
}

/** Contacts, locked: an edit that comes now waits, and makes the version differ afterwards. */
async function lockPresent(
  tx: Transaction,
  contactIds: readonly string[],
): Promise<Map<string, PresentContact>> {
  if (contactIds.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(contacts)
    .where(sql`${contacts.id} = any(${sql.param([...contactIds])}::text[])`)
    .orderBy(contacts.id)
    .for('update');
  return new Map(rows.map((row) => [row.id, row]));
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
      etag: contactLinks.etag,
      remoteUpdatedAt: contactLinks.remoteUpdatedAt,
      supersededEtags: contactLinks.supersededEtags,
      goneSince: contactLinks.tombstonedAt,
      hasBase: sql<boolean>`${contactLinks.base} is not null`,
      isOrWasTied: sql<boolean>`coalesce(${contactLinks.contactId}, ${contactLinks.formerOf}) is not null`,
      isParked: sql<boolean>`${contactLinks.parked} is not null`,
      mappingVersion: contactLinks.mappingVersion,
      localVersion: contactLinks.localVersion,
    })
    .from(contactLinks)
    .where(
      and(eq(contactLinks.integrationId, context.integrationId), linksNamed(rows.map((row) => row.remoteId))),
    );
  return new Map(found.map(({ remoteId, ...link }) => [remoteId, link]));
}

const toContactJson = ({ row, contactId, mapped }: QuickChange, fields: readonly string[]): string =>
  JSON.stringify({
    ...{ id: contactId, groups: mapped.groups, remote_edited_at: row.remoteUpdatedAt },
    ...contactColumns(mapped.values, fields),
  });

async function upsertContacts(
  tx: Transaction,
  context: MirrorContext,
  {
    changes,
    present,
    rules,
  }: {
    changes: readonly QuickChange[];
    present: ReadonlyMap<string, PresentContact>;
    rules: MirrorRules;
  },
): Promise<void> {
  const columns = mappedColumns(rules.fields);
  const custom = customNames(rules.fields);
  const isMoved = ({ contactId, version }: QuickChange) => present.get(contactId)?.version !== version;
  const toRows = (some: readonly QuickChange[]) =>
    toJsonParameter(some.map((change) => toContactJson(change, rules.fields)));
  const parameter = toRows(changes);
  const moved = changes.filter(isMoved);
  const list = (of: (name: string) => string) => sql.raw(columns.map((name) => `, ${of(name)}`).join(''));
  const customSet =
    custom.length === 0
      ? sql``
      : sql`custom_fields = nullif((coalesce(contacts.custom_fields, '{}') - ${sql.param(custom)}::text[])
          || coalesce(excluded.custom_fields, '{}'), '{}'),`;
  await tx.execute(sql`
    insert into contacts (id, workspace_id, user_id, remote_edited_at, custom_fields${list((name) => name)})
    select r.id, ${context.workspaceId}, ${context.userId}, r.remote_edited_at, r.custom_fields${list((name) => `r.${name}`)}
    from json_to_recordset(${moved.length === changes.length ? parameter : toRows(moved)}::json)
      as r(id text, remote_edited_at timestamptz, custom_fields jsonb${list((name) => `${name} text`)})
    on conflict (id) do update set ${sql.raw(columns.map((name) => `${name} = excluded.${name},`).join(' '))}
      ${customSet} remote_edited_at = greatest(contacts.remote_edited_at, excluded.remote_edited_at),
      version = contacts.version + 1, archived_at = null, updated_at = now()`);
  const made = changes.flatMap(({ contactId }) => (present.has(contactId) ? [] : contactId));
  const { integrationId } = context;
  await noteMatchesElsewhere(tx, { integrationId, contactIds: made, now: rules.now });
  if (!rules.lists.pulls) return;
  await writeMemberships(tx, {
    ...{ integrationId: context.integrationId, runId: context.runId, contacts: parameter },
    made: made.length === changes.length ? 'all' : made,
  });
}

const recordset = sql`r(remote_id text, etag text, content_hash text, remote_updated_at timestamptz, raw json,
  contact_id text, local_version int, base jsonb)`;

const rowOf = (row: ContactRow, more: Record<string, unknown>): string =>
  rowJson(
    {
      remote_id: row.remoteId,
      etag: row.etag,
      content_hash: row.contentHash,
      remote_updated_at: row.remoteUpdatedAt,
      ...more,
    },
    row.rawJson,
  );

const observed = sql`
  etag = excluded.etag, content_hash = excluded.content_hash, remote_updated_at = excluded.remote_updated_at,
  shadow = excluded.shadow, seen_by_run = excluded.seen_by_run, updated_at = excluded.updated_at`;

async function upsertLinks(
  tx: Transaction,
  context: MirrorContext,
  { changes, rules }: { changes: readonly QuickChange[]; rules: MirrorRules },
): Promise<void> {
  const parameter = toJsonParameter(
    changes.map(({ row, contactId, version }) =>
      rowOf(row, { contact_id: contactId, local_version: version }),
    ),
  );
  await tx.execute(sql`
    insert into contact_links (integration_id, stream, remote_id, etag, content_hash, remote_updated_at, shadow,
      contact_id, local_version, mapping_version, seen_by_run, updated_at)
    select ${context.integrationId}, ${context.stream}, r.remote_id, r.etag, r.content_hash, r.remote_updated_at,
      r.raw, r.contact_id, r.local_version, ${rules.mappingVersion}, ${context.runId}, ${rules.now}
    from json_to_recordset(${parameter}::json) as ${recordset}
    on conflict (integration_id, remote_id) do update set ${observed}, contact_id = excluded.contact_id,
      local_version = excluded.local_version, tombstoned_at = null`);
}

/** Shadows of contacts that the planner has to look at; what was agreed on is written down before its shadow goes. */
async function observe(
  tx: Transaction,
  context: MirrorContext,
  { planned, shared, rules }: Observation,
): Promise<void> {
  const implied = planned.filter(({ link }) => link?.isOrWasTied === true && !link.hasBase);
  const bases = await writeDown(tx, context, { remoteIds: implied.map(({ row }) => row.remoteId), rules });
  const moved = await findMoved(tx, context, { planned, shared, rules });
  const parameter = toJsonParameter(
    planned.map(({ row }) => rowOf(row, { base: bases.get(row.remoteId) ?? null })),
  );
  // By the key whatever the planner believes: a join, planned while the table was empty, would read all of it for each page.
  await tx.execute(sql`
    insert into contact_links as l (integration_id, stream, remote_id, etag, content_hash, remote_updated_at, shadow,
      base, mapping_version, seen_by_run, updated_at)
    select ${context.integrationId}, ${context.stream}, r.remote_id, r.etag, r.content_hash, r.remote_updated_at,
      r.raw, r.base, ${rules.mappingVersion}, ${context.runId}, ${rules.now}
    from json_to_recordset(${parameter}::json) as ${recordset}
    on conflict (integration_id, remote_id) do update set ${observed}, base = coalesce(l.base, excluded.base),
      returned_at = case when l.tombstoned_at is null then l.returned_at else excluded.updated_at end,
      tombstoned_at = null
      where l.content_hash <> excluded.content_hash or l.tombstoned_at is not null`);
  const returned = planned.filter(({ link }) => link?.goneSince != null && link.isParked);
  const remoteIds = returned.map(({ row }) => row.remoteId);
  await unparkReturned(tx, { integrationId: context.integrationId, remoteIds });
  // A membership is no field: it needs no plan where nobody changed it here.
  const contactIds = planned.flatMap(({ link }) => link?.contactId ?? []);
  await readMemberships(tx, {
    ...{ integrationId: context.integrationId, runId: context.runId, contactIds, flow: rules.lists },
    ...{ shared: [...shared], moved },
  });
  if (rules.path !== 'none') {
    await noteRemoteWork(tx, {
      integrationId: context.integrationId,
      remoteIds: planned.map(({ row }) => row.remoteId),
      now: rules.now,
    });
  }
}

/** Of contacts that another account feeds, too: what they joined and left here since their shadow, as `<contact>/<group>`. */
async function findMoved(
  tx: Transaction,
  context: MirrorContext,
  { planned, shared, rules }: Observation,
): Promise<string[]> {
  const seen = planned.filter(({ link }) => shared.has(link?.contactId ?? ''));
  const moved = await groupsMovedOf(tx, context, { rows: seen.map(({ row }) => row), rules });
  return seen.flatMap(({ row, link }) =>
    (moved.get(row.remoteId) ?? []).map((group) => `${link?.contactId}/${group}`),
  );
}

/** By remote id, of these that are in other groups than their shadows say: which ones they joined and left. */
async function groupsMovedOf(
  tx: Transaction,
  context: MirrorContext,
  { rows, rules }: { rows: readonly ContactRow[]; rules: MirrorRules },
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (rows.length === 0) return new Map();
  const remoteIds = rows.map(({ remoteId }) => remoteId);
  const former = await tx
    .select({ remoteId: contactLinks.remoteId, shadow: contactLinks.shadow })
    .from(contactLinks)
    .where(and(eq(contactLinks.integrationId, context.integrationId), linksNamed(remoteIds)));
  const before = new Map(former.map(({ remoteId, shadow }) => [remoteId, shadow]));
  return new Map(
    rows.flatMap(({ remoteId, rawJson }) => {
      const moved = rules.groupsMoved(before.get(remoteId) ?? {}, JSON.parse(rawJson));
      return moved.length === 0 ? [] : [[remoteId, moved] as const];
    }),
  );
}

async function writeDown(
  tx: Transaction,
  context: MirrorContext,
  { remoteIds, rules }: { remoteIds: readonly string[]; rules: MirrorRules },
): Promise<Map<string, LinkBases>> {
  if (remoteIds.length === 0) return new Map();
  const rows = await tx
    .select({
      remoteId: contactLinks.remoteId,
      shadow: contactLinks.shadow,
      mappingVersion: contactLinks.mappingVersion,
    })
    .from(contactLinks)
    .where(and(eq(contactLinks.integrationId, context.integrationId), linksNamed(remoteIds)));
  return new Map(
    rows.map(({ remoteId, shadow, mappingVersion }) => [
      remoteId,
      rules.impliedBases(shadow, mappingVersion),
    ]),
  );
}

/**
 * Whether the user has contacts that this integration does not feed, or feeds from what is only read: a person may have
 * made a contact of their own of that.
 */
export async function hasOtherContacts(
  db: Executor,
  { userId, integrationId }: { userId: string; integrationId: string },
): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from contacts c where c.user_id = ${userId} and c.archived_at is null and not exists (
      select 1 from contact_links l where l.contact_id = c.id and l.integration_id = ${integrationId}
        and ${isOwnStream(sql`l.stream`)})
    limit 1`);
  return rows.length > 0;
}
