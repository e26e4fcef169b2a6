/** How a planner's outcome is written: set-based, in its transaction. */
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { toJsonParameter } from '../json-parameter.ts';
import {
  contactConflicts,
  type contactJournal,
  contactLinks,
  contactWrites,
  type LinkBases,
  type ParkedLink,
} from '../schema/index.ts';
import { contactColumns, customNames, mappedColumns } from './contact-columns.ts';
import { linksNamed } from './contact-mirror-rules.ts';
import type { LinkRow } from './contact-planning.ts';

export type NewContactWrite = typeof contactWrites.$inferInsert;
export type NewConflict = typeof contactConflicts.$inferInsert;
export type NewJournalEntry = typeof contactJournal.$inferInsert;

export interface NewContact {
  readonly id: string;
  /** All values of `fields`, the unchanged ones of an update too. */
  readonly values: Readonly<Record<string, string | null>>;
  /** When what is brought was edited at its provider; null: nothing is, or the provider does not tell. */
  readonly remoteEditedAt: string | null;
}

/** New contacts of a user. */
export async function insertContacts(
  tx: Transaction,
  owner: { workspaceId: string; userId: string },
  input: {
    fields: readonly string[];
    rows: readonly NewContact[];
  },
): Promise<void> {
  if (input.rows.length === 0) return;
  const list = (of: (name: string) => string) =>
    sql.raw(
      mappedColumns(input.fields)
        .map((name) => `, ${of(name)}`)
        .join(''),
    );
  const parameter = toJsonParameter(
    input.rows.map(({ id, values, remoteEditedAt }) =>
      JSON.stringify({ id, remote_edited_at: remoteEditedAt, ...contactColumns(values, input.fields) }),
    ),
  );
  await tx.execute(sql`
    insert into contacts (id, workspace_id, user_id, remote_edited_at, custom_fields${list((name) => name)})
    select r.id, ${owner.workspaceId}, ${owner.userId}, r.remote_edited_at, r.custom_fields${list((name) => `r.${name}`)}
    from json_to_recordset(${parameter}::json)
      as r(id text, remote_edited_at timestamptz, custom_fields jsonb${list((name) => `${name} text`)})`);
}

export interface ContactUpdate extends NewContact {
  readonly archivedAt: string | null;
}

/** Writes the given fields of contacts that are locked, and raises their versions. */
export async function updateContacts(
  tx: Transaction,
  input: { fields: readonly string[]; now: string; rows: readonly ContactUpdate[] },
): Promise<void> {
  if (input.rows.length === 0) return;
  const columns = mappedColumns(input.fields);
  const custom = customNames(input.fields);
  const parameter = toJsonParameter(
    input.rows.map(({ id, values, archivedAt, remoteEditedAt }) =>
      JSON.stringify({
        ...{ id, archived_at: archivedAt, remote_edited_at: remoteEditedAt },
        ...contactColumns(values, input.fields),
      }),
    ),
  );
  const types = sql.raw(columns.map((name) => `, ${name} text`).join(''));
  await tx.execute(sql`
    update contacts c set ${sql.raw(columns.map((name) => `${name} = r.${name},`).join(' '))}
      custom_fields = nullif((coalesce(c.custom_fields, '{}') - ${sql.param(custom)}::text[])
        || coalesce(r.custom_fields, '{}'), '{}'),
      archived_at = r.archived_at, remote_edited_at = greatest(c.remote_edited_at, r.remote_edited_at),
      version = c.version + 1, updated_at = ${input.now}
    from json_to_recordset(${parameter}::json)
      as r(id text, archived_at timestamptz, remote_edited_at timestamptz, custom_fields jsonb${types})
    where c.id = r.id`);
}

/** What a planner changes of a link; the shadow is the mirror's. */
export type LinkState = Pick<
  LinkRow,
  | 'remoteId'
  | 'contactId'
  | 'formerOf'
  | 'localVersion'
  | 'mappingVersion'
  | 'base'
  | 'parked'
  | 'returnedAt'
  | 'tombstonedAt'
>;

export async function writeLinkStates(
  tx: Transaction,
  input: { integrationId: string; now: string; links: readonly LinkState[] },
): Promise<void> {
  if (input.links.length === 0) return;
  const parameter = toJsonParameter(
    input.links.map((link) =>
      JSON.stringify({
        remote_id: link.remoteId,
        contact_id: link.contactId,
        former_of: link.formerOf,
        local_version: link.localVersion,
        mapping_version: link.mappingVersion,
        base: link.base,
        parked: link.parked,
        returned_at: link.returnedAt,
        tombstoned_at: link.tombstonedAt,
      }),
    ),
  );
  await tx.execute(sql`
    update contact_links l set contact_id = r.contact_id, former_of = r.former_of, local_version = r.local_version,
      mapping_version = r.mapping_version, base = r.base, parked = r.parked, returned_at = r.returned_at,
      tombstoned_at = r.tombstoned_at
    from json_to_recordset(${parameter}::json) as r(remote_id text, contact_id text, former_of text, local_version int,
      mapping_version int, base jsonb, parked jsonb, returned_at timestamptz, tombstoned_at timestamptz)
    where l.integration_id = ${input.integrationId} and l.remote_id = r.remote_id`);
}

/** Contacts that nothing ties any more, and that were an account's: they go to no other one by themselves. */
export async function keepUntied(
  tx: Transaction,
  { contactIds, now }: { contactIds: readonly string[]; now: string },
): Promise<void> {
  if (contactIds.length === 0) return;
  await tx.execute(sql`
    update contacts set kept_at = ${now} where id = any(${sql.param([...contactIds])}::text[])
      and not exists (select 1 from contact_links l where l.contact_id = contacts.id)`);
}

/** At most this many rows a statement: Postgres takes 65,534 parameters. */
const rowsAtOnce = 1000;

async function inSlices<Row>(
  rows: readonly Row[],
  insert: (slice: Row[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) await insert(rows.slice(at, at + rowsAtOnce));
}

export const insertWrites = (tx: Transaction, rows: readonly NewContactWrite[]): Promise<void> =>
  inSlices(rows, (slice) => tx.insert(contactWrites).values(slice));

/**
 * A conflict that is logged already stays as it is, but for one that a person has decided where Harmony's value gives way once
 * more: that is committed with this, so that it is another one. Returns how many are told anew.
 */
export async function insertConflicts(tx: Transaction, rows: readonly NewConflict[]): Promise<number> {
  const { id, winner, resolvedAt } = contactConflicts;
  const asNew = {
    ...{ runId: sql`excluded.run_id`, at: sql`excluded.at` },
    ...{ resolvedAt: null, resolvedBy: null, resolution: null },
  };
  // A statement writes no row twice.
  const once = new Map(rows.map((row) => [row.id, row]));
  let told = 0;
  await inSlices([...once.values()], async (slice) => {
    const setWhere = sql`${winner} = 'provider' and ${resolvedAt} is not null`;
    const insert = tx.insert(contactConflicts).values(slice);
    told += (await insert.onConflictDoUpdate({ target: id, set: asNew, setWhere }).returning({ id })).length;
  });
  return told;
}

/** What was told before a call that was then refused has not come to pass. Returns how many of the run's own went. */
export async function dropOpenConflict(
  tx: Transaction,
  { id, runId }: { id: string; runId: string },
): Promise<number> {
  const isOpen = and(eq(contactConflicts.id, id), isNull(contactConflicts.resolvedAt));
  const gone = await tx.delete(contactConflicts).where(isOpen).returning({ runId: contactConflicts.runId });
  return gone.filter((row) => row.runId === runId).length;
}

/** Values as they are stored: what Postgres can not hold is replaced, so that it holds up nothing. */
export async function insertJournal(tx: Transaction, rows: readonly NewJournalEntry[]): Promise<void> {
  if (rows.length === 0) return;
  const parameter = toJsonParameter(rows.map((row) => JSON.stringify(row)));
  await tx.execute(sql`
    insert into contact_journal (integration_id, run_id, contact_id, remote_id, side, action, before, after, rules,
      snapshot, at)
    select "integrationId", "runId", "contactId", "remoteId", side, action, before, after, rules, snapshot,
      coalesce(at, now())
    from json_to_recordset(${parameter}::json) as r("integrationId" text, "runId" text, "contactId" text,
      "remoteId" text, side text, action text, before jsonb, after jsonb, rules jsonb, snapshot json, at timestamptz)`);
}

/** Plans that nobody has sent give way to newer ones. */
export async function dropPlannedWrites(
  tx: Transaction,
  { ids, now }: { ids: readonly string[]; now: string },
): Promise<void> {
  if (ids.length > 0) await dropUnsent(tx, inArray(contactWrites.id, [...ids]), now);
}

/** Everything that this integration has not sent. */
export async function dropUnsentWrites(
  tx: Transaction,
  { integrationId, now }: { integrationId: string; now: string },
): Promise<void> {
  await dropUnsent(tx, eq(contactWrites.integrationId, integrationId), now);
}

async function dropUnsent(tx: Transaction, which: SQL, now: string): Promise<void> {
  await tx
    .update(contactWrites)
    .set({ state: 'dropped', settledAt: now })
    .where(and(which, eq(contactWrites.state, 'planned')));
}

/** What a link is right after it was tied: both sides have agreed on nothing yet, whatever the version of the contact. */
export const newlyTied = (contactId: string, mappingVersion: number) => ({
  ...{ contactId, mappingVersion, localVersion: 0, base: {}, parked: null },
});

/** The same for one that is there again, and tied to the contact that it had. */
export const tiedBack = ({ base }: Pick<LinkRow, 'base'>, contactId: string) => ({
  ...{ contactId, base: base ?? {}, formerOf: null, parked: null },
});

/** Whoever is tied again is kept from no account any more: where the remote contact goes, they are made anew as anybody is. */
export async function keepNoLonger(tx: Transaction, contactIds: readonly string[]): Promise<void> {
  if (contactIds.length === 0) return;
  await tx.execute(sql`
    update contacts set kept_at = null where id = any(${sql.param([...contactIds])}::text[]) and kept_at is not null`);
}

/** Ties an untied remote contact to a contact. `base`: what both hold all the same. */
export async function tieLink(
  tx: Transaction,
  tie: {
    integrationId: string;
    remoteId: string;
    contactId: string;
    mappingVersion: number;
    base?: LinkBases;
  },
): Promise<void> {
  const { base = {} } = tie;
  await tx
    .update(contactLinks)
    .set({ ...newlyTied(tie.contactId, tie.mappingVersion), base })
    .where(
      and(
        eq(contactLinks.integrationId, tie.integrationId),
        eq(contactLinks.remoteId, tie.remoteId),
        isNull(contactLinks.contactId),
      ),
    );
}

/** Nothing is told to anybody; see `parkLinks`. */
export async function setParked(
  tx: Transaction,
  input: { integrationId: string; remoteIds: readonly string[]; parked: ParkedLink },
): Promise<void> {
  const { integrationId, remoteIds, parked } = input;
  await tx
    .update(contactLinks)
    .set({ parked })
    .where(and(eq(contactLinks.integrationId, integrationId), linksNamed(remoteIds)));
}

/** Leaves remote contacts to a person, with an entry among the conflicts for each. */
export async function parkLinks(
  tx: Transaction,
  input: {
    owner: { workspaceId: string; userId: string };
    integrationId: string;
    runId: string;
    remoteIds: readonly string[];
    contactId: string | null;
    reason: string;
    field?: string;
    candidates: readonly string[];
    now: string;
  },
): Promise<void> {
  const { owner, integrationId, runId, remoteIds, contactId, reason, candidates, now, field } = input;
  if (remoteIds.length === 0) return;
  const parked = { reason, since: now, candidates, ...(field === undefined ? {} : { field }) };
  await setParked(tx, { integrationId, remoteIds, parked });
  await insertConflicts(
    tx,
    remoteIds.map((remoteId) => ({
      ...{ id: newId('cfl'), ...owner, integrationId, runId, contactId, remoteId, kind: reason },
      ...{ field: field ?? null, candidates: [...candidates], at: now },
    })),
  );
}
