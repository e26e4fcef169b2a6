/** Which of a person's accounts makes what they made in Harmony (docs/decisions/0020). */
import { type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { isOpenWrite } from '../schema/index.ts';
import { sendsObject } from './contact-sync-settings.ts';

const ownContacts = { harmonyObject: 'contact', providerObject: 'person' } as const;

/** Over the alias of an integration: it writes contacts. */
export const writesContacts = (alias: string): SQL => sendsObject(alias, ownContacts);

/** Whether contacts go to this integration's provider by the settings in force. */
export async function isWritingContacts(db: Executor, integrationId: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from integrations i where i.id = ${integrationId} and ${writesContacts('i')}`);
  return rows.length > 0;
}

/** A join over the aliases `mine` and `o`: an integration, and the others of its person. */
export const others: SQL = sql`integrations mine join integrations o on o.user_id = mine.user_id and o.id <> mine.id`;

/** Over the alias `o`: it brings contacts or writes them, by whatever settings. */
export const hasContacts: SQL = sql`o.deleting_at is null and o.approved_direction is not null`;

/** A condition: another account of the person, connected before this one (of two at once, by their ids), writes contacts. */
export const writesBefore = (integrationId: string): SQL => sql`exists (
  select 1 from integrations mine join integrations o
    on o.user_id = mine.user_id and (o.created_at, o.id) < (mine.created_at, mine.id)
  where mine.id = ${integrationId} and ${writesContacts('o')})`;

/**
 * Whether contacts that were made in Harmony are this integration's to make at its provider, as long as it writes: of a
 * person's accounts that do, it is the one that was connected first.
 */
export async function makesNewContacts(db: Executor, integrationId: string): Promise<boolean> {
  return (await db.execute(sql`select 1 where ${writesBefore(integrationId)}`)).length === 0;
}

/**
 * A query of `contact_id` and `integration_id`: which of these contacts another account of the person is making. What it
 * has not sent counts only while it may be sent. Account by account (`offset 0`), each by an index: most persons have one.
 */
export const madeElsewhere = (integrationId: string, contactIds: readonly string[]): SQL => sql`
  select w.record_id as contact_id, o.id as integration_id
  from ${others}
  cross join lateral (
    select record_id from contact_writes where integration_id = o.id and object = 'contact'
      and record_id = any(${sql.param([...contactIds])}::text[]) and ${isOpenWrite} and kind = 'create'
      and (state <> 'planned' or (${writesContacts('o')}))
    offset 0) w
  where mine.id = ${integrationId}`;

/**
 * As `madeElsewhere`: which of these contacts another account of the person had, this one never or before it, and lets live on
 * here without it. It is that one's to make anew, be it that it never will: nobody's address book goes into another one by itself.
 */
export const hadElsewhere = (integrationId: string, contactIds: readonly string[]): SQL => sql`
  select l.former_of as contact_id, o.id as integration_id
  from ${others}
  cross join lateral (
    select former_of, tombstoned_at from contact_links where integration_id = o.id
      and former_of = any(${sql.param([...contactIds])}::text[]) and former_of is not null and contact_id is null
    offset 0) l
  where mine.id = ${integrationId} and not exists (
    select 1 from contact_links own where own.integration_id = mine.id and own.former_of = l.former_of
      and own.former_of is not null and own.contact_id is null
      and (own.tombstoned_at, own.integration_id) > (l.tombstoned_at, o.id))`;
