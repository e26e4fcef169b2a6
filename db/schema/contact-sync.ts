/**
 * Two-way contacts (docs/decisions/0010): the tie of each remote contact to a Harmony contact and what both last agreed on,
 * the writes under way, and what a person can look up, decide and undo. No foreign keys in bulk tables; see columns.ts.
 */

import { type SQL, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { bulkIntegrationId, instant, mirror, now, owner } from './columns.ts';
import { integrationId, type SyncDirection } from './integrations.ts';

type Json = Readonly<Record<string, unknown>>;
/** Values by field name; null is a blank. */
export type FieldValues = Readonly<Record<string, string | null>>;

/** What both sides held at the last agreement, per field: `FieldBases` of sync/map-contact.ts. */
export type LinkBases = Readonly<
  Record<
    string,
    {
      readonly local: string | null;
      readonly remote: string | null;
      readonly besides?: readonly string[];
      readonly gaveWay?: true;
    }
  >
>;

/** Left for a person, counted and shown; nothing is written to either side meanwhile. */
export interface ParkedLink {
  readonly reason: string;
  readonly field?: string;
  readonly candidates?: readonly string[];
  readonly since: string;
}

/** Reasons of links that wait for a person, who may have decided nothing yet: nothing else frees such a link. */
export const personDecides: readonly string[] = ['maybe_merged', 'duplicate_marker'];

/**
 * Streams of contacts that nobody can write at the provider, whichever way contacts flow, each with the object whose
 * mapping switches it on.
 */
export const onlyReadStreams: Readonly<Record<string, string>> = { other_contacts: 'otherContact' };

/** `stream`: the column, of a link. Of the person's own address book, which can be written. */
export const isOwnStream = (stream: SQL): SQL =>
  sql`${stream} <> all(${sql.param(Object.keys(onlyReadStreams))}::text[])`;

/** One row per remote contact: the mirror of the remote (shadow) and its tie to a Harmony contact. */
export const contactLinks = pgTable(
  'contact_links',
  {
    integrationId: bulkIntegrationId(),
    stream: text().notNull(),
    ...mirror,
    shadow: json().notNull(),
    /** The run whose observation the shadow is. */
    seenByRun: text('seen_by_run').notNull(),
    contactId: text('contact_id'),
    /** Of one that is gone, and ties nothing any more: the contact that may be made there anew from what was there. */
    formerOf: text('former_of'),
    /** The contact's version at the last agreement. */
    localVersion: integer('local_version').notNull().default(1),
    mappingVersion: integer('mapping_version').notNull().default(1),
    /** null: on both sides what `mappingVersion` reads from the shadow. */
    base: jsonb().$type<LinkBases>(),
    supersededEtags: text('superseded_etags').array(),
    /** Of our last acked write; absence counts as evidence only long after it. */
    ackedAt: instant('acked_at'),
    parked: jsonb().$type<ParkedLink>(),
    /** The remote contact is gone; kept at least 30 days. */
    tombstonedAt: instant('tombstoned_at'),
    /** It is there again after it was gone: somebody restored it. Cleared by the planner. */
    returnedAt: instant('returned_at'),
    updatedAt: now('updated_at'),
  },
  (t) => [
    primaryKey({ columns: [t.integrationId, t.remoteId] }),
    index('contact_links_contact').on(t.contactId),
    index('contact_links_former').on(t.integrationId, t.formerOf).where(sql`former_of is not null`),
    index('contact_links_parked').on(t.integrationId).where(sql`parked is not null`),
  ],
);

/**
 * What may have to be planned: a remote contact, a contact, or a list. Whoever changes one adds its row first, by
 * `on conflict do update`, so that a planner that holds the row is waited for.
 */
export const contactWork = pgTable(
  'contact_work',
  {
    integrationId: bulkIntegrationId(),
    /**
     * `member`: a membership that a person or the sync of another account changed; `member_sent`: one that listings may still
     * show as it was. `lists`: all lists and memberships, which may flow another way than before.
     */
    kind: text().$type<'remote' | 'local' | 'list' | 'lists' | 'member' | 'member_sent'>().notNull(),
    /** A remote id, the id of a contact or list, `<contact id>/<list id>`, or '' for all. */
    key: text().notNull(),
    /** Raised by each change; a row that was raised meanwhile is not taken away. */
    touched: integer().notNull().default(1),
    /** Not before this time (backing off). */
    dueAt: now('due_at'),
    /** Of a membership: how often the provider refused it in a row since a person asked for it. */
    attempts: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.integrationId, t.kind, t.key] }),
    index('contact_work_due').on(t.integrationId, t.dueAt),
  ],
);

/** Not settled. Written out, as a statement that is planned for any value of a parameter can't use the indexes below. */
export const isOpenWrite = sql`state in ('planned', 'sent', 'unknown')`;

/** An intent to remove a double; written out, as above. */
export const isOpenDouble = sql`${isOpenWrite} and operation ->> 'kind' = 'delete_double'`;

/** An intent to delete that was sent and then given up; written out, as above. */
export const isGivenUpDelete = sql`kind = 'delete' and state = 'dropped' and sent_at is not null`;

/** A create that was sent and then taken for lost; written out, as above. */
export const isLostCreate = sql`kind = 'create' and state = 'dropped' and sent_at is not null`;

/** Of a double: the remote contact that it is a double of. */
export const keeperOfDouble = sql`(operation ->> 'keeper')`;

/** Intents and their acks: what is to be written at the provider. Committed before the call, settled after it. */
export const contactWrites = pgTable(
  'contact_writes',
  {
    /** The operation id; also the value of the marker of a create. */
    id: text().primaryKey(),
    integrationId: bulkIntegrationId(),
    runId: text('run_id').notNull(),
    object: text().$type<'contact' | 'list'>().notNull().default('contact'),
    /** Of the contact or the list. */
    recordId: text('record_id').notNull(),
    /** Absent on a create until its answer. */
    remoteId: text('remote_id'),
    kind: text().$type<'create' | 'update' | 'delete'>().notNull(),
    state: text()
      .$type<'planned' | 'sent' | 'unknown' | 'acked' | 'dropped' | 'failed'>()
      .notNull()
      .default('planned'),
    /** The record's version that was planned from. */
    localVersion: integer('local_version').notNull(),
    /** The `RemoteWrite` operation of sync/operations.ts. */
    operation: jsonb().$type<Json>().notNull(),
    /** The remote record as it was, kept for the undo. */
    snapshot: json().$type<Json>(),
    attempts: integer().notNull().default(0),
    refusedEtags: text('refused_etags').array(),
    dueAt: now('due_at'),
    sentAt: instant('sent_at'),
    settledAt: instant('settled_at'),
    error: text(),
    createdAt: now('created_at'),
  },
  (t) => [
    uniqueIndex('contact_writes_open').on(t.integrationId, t.object, t.recordId).where(isOpenWrite),
    // In the order in which they are taken up, so that a batch of a hundred reads no more than that.
    index('contact_writes_due').on(t.integrationId, t.dueAt, t.id).where(isOpenWrite),
    index('contact_writes_run').on(t.runId),
    index('contact_writes_double').on(t.integrationId, keeperOfDouble).where(isOpenDouble),
    index('contact_writes_given_up').on(t.integrationId, t.remoteId).where(isGivenUpDelete),
    index('contact_writes_lost').on(t.integrationId, t.recordId).where(isLostCreate),
  ],
);

/** Values that gave way (already decided by policy, restorable) and what waits for a person. */
export const contactConflicts = pgTable(
  'contact_conflicts',
  {
    id: text().primaryKey(),
    ...owner,
    integrationId: bulkIntegrationId(),
    runId: text('run_id').notNull(),
    contactId: text('contact_id'),
    /** Of a conflict about a list. */
    listId: text('list_id'),
    remoteId: text('remote_id'),
    /** `value`: one field, decided; `list_name`: a list's name, decided. Else the reason for which a record is parked. */
    kind: text().notNull().default('value'),
    field: text(),
    winner: text().$type<'harmony' | 'provider'>(),
    localValue: text('local_value'),
    remoteValue: text('remote_value'),
    baseLocal: text('base_local'),
    baseRemote: text('base_remote'),
    hasBase: boolean('has_base').notNull().default(false),
    rule: text(),
    policy: text(),
    candidates: text().array(),
    at: now('at'),
    resolvedAt: instant('resolved_at'),
    /** Who and how: `user:<id>`; `harmony`, `provider` or `dismissed`. */
    resolvedBy: text('resolved_by'),
    resolution: text(),
  },
  (t) => [
    index('contact_conflicts_owner').on(t.workspaceId, t.userId, t.id),
    index('contact_conflicts_open').on(t.integrationId).where(sql`resolved_at is null`),
    index('contact_conflicts_contact').on(t.contactId),
  ],
);

/** Before and after of what runs wrote, for undo and for "why this value?"; contacts that the quick path makes are not in it. */
export const contactJournal = pgTable(
  'contact_journal',
  {
    seq: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    integrationId: bulkIntegrationId(),
    runId: text('run_id').notNull(),
    contactId: text('contact_id').notNull(),
    remoteId: text('remote_id'),
    side: text().$type<'harmony' | 'provider'>().notNull(),
    /** `create`, `update`, `archive`, `restore`, `delete`. */
    action: text().$type<'create' | 'update' | 'archive' | 'restore' | 'delete'>().notNull(),
    before: jsonb().$type<FieldValues>(),
    after: jsonb().$type<FieldValues>(),
    /** Per field the row of rule 8 that decided. */
    rules: jsonb().$type<Readonly<Record<string, string>>>(),
    /** The raw remote record before a destructive write. */
    snapshot: json().$type<Json>(),
    undoneBy: text('undone_by'),
    at: now('at'),
  },
  (t) => [
    index('contact_journal_run').on(t.runId, t.seq),
    index('contact_journal_contact').on(t.contactId, t.seq),
    index('contact_journal_integration').on(t.integrationId, t.at),
  ],
);

/**
 * What runs did to lists and to who is on them, for undo: `contact_journal` of lists. Who is on a list that the run made, and
 * which lists a contact is on that it made, is not in it, as little as the fields of contacts that the quick path makes: undo
 * leaves such a list or contact as it came.
 */
export const listJournal = pgTable(
  'list_journal',
  {
    seq: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    integrationId: bulkIntegrationId(),
    runId: text('run_id').notNull(),
    listId: text('list_id').notNull(),
    /** Of a membership; null: the list itself. */
    contactId: text('contact_id'),
    side: text().$type<'harmony' | 'provider'>().notNull(),
    /** `merge`: the list went into the person's own one of its name. `join` and `leave`: of a contact. */
    action: text()
      .$type<'create' | 'rename' | 'archive' | 'restore' | 'delete' | 'merge' | 'join' | 'leave'>()
      .notNull(),
    /** Names. */
    before: text(),
    after: text(),
    undoneBy: text('undone_by'),
    at: now('at'),
  },
  (t) => [
    index('list_journal_run').on(t.runId, t.contactId),
    index('list_journal_integration').on(t.integrationId),
  ],
);

export type MappingDirection = 'both' | 'from_provider' | 'to_provider';

export interface StoredObjectMapping {
  readonly harmonyObject: 'contact' | 'list';
  readonly providerObject: string;
  readonly direction: MappingDirection;
  readonly enabled: boolean;
}

export interface StoredFieldMapping {
  readonly field: string;
  readonly path: string;
  readonly direction: MappingDirection;
  /** Decides conflicts of this field in place of the integration's policy. */
  readonly conflictPolicy?: 'newest' | 'harmony' | 'provider';
}

/** Mappings of an integration, each version whole; absent means the defaults, version 1. */
export const contactMappings = pgTable(
  'contact_mappings',
  {
    integrationId: integrationId(),
    version: integer().notNull(),
    objects: jsonb().$type<readonly StoredObjectMapping[]>().notNull(),
    fields: jsonb().$type<readonly StoredFieldMapping[]>().notNull(),
    /** `user:<id>` or `key:<id>`. */
    createdBy: text('created_by').notNull(),
    /** The version in force is the highest one that was approved. */
    approvedAt: instant('approved_at'),
    /** A person turned its plan down: it waits for none any more. */
    rejectedAt: instant('rejected_at'),
    createdAt: now('created_at'),
  },
  (t) => [primaryKey({ columns: [t.integrationId, t.version] })],
);

export type PlanReason = 'first_two_way' | 'direction' | 'mapping' | 'parked_run';

/** What a change would do on each side, for a person to see before it is done. */
export const contactPlans = pgTable(
  'contact_plans',
  {
    id: text().primaryKey(),
    integrationId: integrationId(),
    reason: text().$type<PlanReason>().notNull(),
    status: text()
      .$type<'computing' | 'ready' | 'applying' | 'applied' | 'stale' | 'rejected' | 'failed'>()
      .notNull()
      .default('computing'),
    syncDirection: text('sync_direction').$type<SyncDirection>().notNull(),
    mappingVersion: integer('mapping_version').notNull(),
    /** Of what it was made from; applied only while it is the same. */
    fingerprint: text(),
    /** Counts and samples per side: `PlanSummary` of sync/plan-summary.ts. */
    summary: jsonb().$type<Json>(),
    /** Ambiguous matches: groups of contacts and remote contacts. */
    review: jsonb().$type<readonly Json[]>(),
    /** What the person decided on them. */
    decisions: jsonb().$type<readonly Json[]>(),
    runId: text('run_id'),
    error: text(),
    createdAt: now('created_at'),
    appliedAt: instant('applied_at'),
  },
  (t) => [index('contact_plans_integration').on(t.integrationId, t.createdAt)],
);

/**
 * Who would go by a plan: on Harmony's side archived, on the provider's deleted or left in the archive for good. Whoever turns the
 * plan of a parked run down keeps these, and whoever applies one has approved these and no others.
 */
export const contactPlanDeletes = pgTable(
  'contact_plan_deletes',
  {
    planId: text('plan_id')
      .notNull()
      .references(() => contactPlans.id, { onDelete: 'cascade' }),
    remoteId: text('remote_id').notNull(),
    contactId: text('contact_id').notNull(),
    side: text().$type<'harmony' | 'provider'>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.planId, t.remoteId] })],
);

/** Harmony's lists live in contact_lists; this ties one to a remote group. */
export const listLinks = pgTable(
  'list_links',
  {
    integrationId: bulkIntegrationId(),
    ...mirror,
    shadow: json().notNull(),
    /** The group's name, as it was last observed. */
    remoteName: text('remote_name').notNull(),
    listId: text('list_id'),
    /** The provider's own group (myContacts, starred), which can't be renamed or removed. */
    system: boolean().notNull(),
    /** false: the provider lets nobody be put on it; whoever is on it can be taken off. */
    takesMembers: boolean('takes_members').notNull().default(true),
    localVersion: integer('local_version').notNull().default(1),
    /** The name that both sides last agreed on. */
    baseName: text('base_name'),
    supersededEtags: text('superseded_etags').array(),
    ackedAt: instant('acked_at'),
    tombstonedAt: instant('tombstoned_at'),
    updatedAt: now('updated_at'),
  },
  (t) => [primaryKey({ columns: [t.integrationId, t.remoteId] }), index('list_links_list').on(t.listId)],
);

/** Which contacts are on which list, in Harmony. What both sides last agreed on is in the link's base under `lists`. */
export const contactListMembers = pgTable(
  'contact_list_members',
  {
    listId: text('list_id').notNull(),
    contactId: text('contact_id').notNull(),
    addedAt: now('added_at'),
  },
  (t) => [
    primaryKey({ columns: [t.listId, t.contactId] }),
    index('contact_list_members_contact').on(t.contactId),
  ],
);
