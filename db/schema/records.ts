/**
 * What Harmony reads: contacts and their links, lists, calendar events. Mirrors carry the provider's raw JSON, as `json`
 * and not `jsonb`: it keeps every byte, and writing it costs Postgres 40 % less (docs/decisions/0003).
 */

import { sql } from 'drizzle-orm';
import { boolean, index, integer, json, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { EventTime } from '../../providers/contract/index.ts';
import { bulkIntegrationId, instant, mirror, now, owner, sortedAsName } from './columns.ts';

/** What the page calls a contact, short enough for an index and a cursor; U+FFFF, for one without any name, sorts last. */
const sortName = sql.raw(String.raw`left(coalesce(
  nullif(btrim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''),
  nullif(btrim(company), ''), nullif(btrim(email), ''), nullif(btrim(phone), ''), U&'\FFFF'), 200)`);

export const contacts = pgTable(
  'contacts',
  {
    id: text().primaryKey(),
    ...owner,
    firstName: text('first_name'),
    lastName: text('last_name'),
    jobTitle: text('job_title'),
    company: text(),
    department: text(),
    email: text(),
    phone: text(),
    address: text(),
    birthday: text(),
    website: text(),
    notes: text(),
    /** A column and not an index on the expression: behind the tenant wall that index could not be searched. */
    sortName: sortedAsName('sort_name').generatedAlwaysAs(sortName),
    /** A workspace's own fields, by name without the `custom.` of mappings. */
    customFields: jsonb('custom_fields').$type<Readonly<Record<string, string>>>(),
    version: integer().notNull().default(1),
    /** When a person last edited it; a sync's own writes don't count. */
    editedAt: instant('edited_at'),
    /** When the newest of what syncs brought was edited at its provider. */
    remoteEditedAt: instant('remote_edited_at'),
    /** A person kept it: its integration was deleted, or it was gone there and they rejected the delete. It goes to no account by itself. */
    keptAt: instant('kept_at'),
    archivedAt: instant('archived_at'),
    createdAt: now('created_at'),
    updatedAt: now('updated_at'),
  },
  (t) => [
    index('contacts_owner').on(t.workspaceId, t.userId, t.id),
    index('contacts_by_name').on(t.workspaceId, t.userId, t.sortName, t.id),
  ],
);

/** Harmony's lists; list_links ties them to remote groups, contact_list_members says who is on them. */
export const contactLists = pgTable(
  'contact_lists',
  {
    id: text().primaryKey(),
    ...owner,
    name: text().notNull(),
    /** A provider's own list (myContacts, starred), which can't be renamed or removed. */
    system: boolean().notNull().default(false),
    version: integer().notNull().default(1),
    /** When a person last renamed, archived or restored it; a sync's own writes don't count. */
    editedAt: instant('edited_at'),
    archivedAt: instant('archived_at'),
    createdAt: now('created_at'),
    updatedAt: now('updated_at'),
  },
  (t) => [index('contact_lists_owner').on(t.workspaceId, t.userId, t.id)],
);

export const calendarEvents = pgTable(
  'calendar_events',
  {
    id: text().notNull().unique(),
    ...owner,
    integrationId: bulkIntegrationId(),
    collectionId: text('collection_id').notNull(),
    ...mirror,
    raw: json().notNull(),
    title: text(),
    description: text(),
    location: text(),
    start: json().$type<EventTime>(),
    end: json('end_time').$type<EventTime>(),
    /** `start` and `end` as instants (all-day: midnight UTC), for ranges and order. */
    startsAt: instant('starts_at'),
    endsAt: instant('ends_at'),
    status: text().$type<'confirmed' | 'tentative' | 'cancelled'>().notNull(),
    recurrence: text().array(),
    seriesRemoteId: text('series_remote_id'),
    originalStart: json('original_start').$type<EventTime>(),
    url: text(),
    updatedAt: now('updated_at'),
  },
  (t) => [
    primaryKey({ columns: [t.collectionId, t.remoteId] }),
    index('calendar_events_range').on(t.userId, t.startsAt),
    index('calendar_events_series')
      .on(t.collectionId, t.seriesRemoteId)
      .where(sql`series_remote_id is not null`),
  ],
);
