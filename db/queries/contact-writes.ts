/** Intents: what is to be written at the provider, committed before the call and settled after it. */
import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { firstIdAt } from '../ids.ts';
import { rowJson, toJsonParameter } from '../json-parameter.ts';
import {
  contactLinks,
  contactWrites,
  isGivenUpDelete,
  isLostCreate,
  isOpenDouble,
  isOpenWrite,
  keeperOfDouble,
  type LinkBases,
} from '../schema/index.ts';
import type { ContactWrite } from './contact-planning.ts';
import type { Mirrored } from './mirror.ts';

/** Creates whose outcome isn't known are never picked up again: they are looked for by their marker. */
const mayBeSent = sql`(${contactWrites.kind} <> 'create' or ${contactWrites.state} = 'planned')`;

/** Intents that are due, those first that are due the longest. */
export async function dueWrites(
  db: Executor,
  { integrationId, now, limit }: { integrationId: string; now: string; limit: number },
): Promise<ContactWrite[]> {
  return db
    .select()
    .from(contactWrites)
    .where(
      and(
        eq(contactWrites.integrationId, integrationId),
        eq(contactWrites.object, 'contact'),
        lte(contactWrites.dueAt, now),
        isOpenWrite,
        mayBeSent,
      ),
    )
    .orderBy(asc(contactWrites.dueAt), asc(contactWrites.id))
    .limit(limit);
}

/** Those of these intents that are not settled or dropped meanwhile, locked, in the given order. */
export async function lockWrites(tx: Transaction, ids: readonly string[]): Promise<ContactWrite[]> {
  const rows = await tx
    .select()
    .from(contactWrites)
    .where(and(inArray(contactWrites.id, [...ids]), isOpenWrite))
    .orderBy(contactWrites.id)
    .for('update');
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export type WriteChange = Partial<Omit<typeof contactWrites.$inferInsert, 'id' | 'integrationId'>>;

export async function changeWrite(tx: Executor, id: string, change: WriteChange): Promise<void> {
  await tx.update(contactWrites).set(change).where(eq(contactWrites.id, id));
}

/** The same, unless it was settled or dropped meanwhile. */
export async function changeOpenWrite(tx: Transaction, id: string, change: WriteChange): Promise<void> {
  if ((await lockWrites(tx, [id])).length > 0) await changeWrite(tx, id, change);
}

/** Marks creates as sent, with the bodies that go out. */
export async function markCreatesSent(
  tx: Transaction,
  input: {
    runId: string;
    now: string;
    creates: readonly { id: string; operation: object; localVersion: number }[];
  },
): Promise<void> {
  if (input.creates.length === 0) return;
  const rows = toJsonParameter(input.creates.map((create) => JSON.stringify(create)));
  await tx.execute(sql`
    update contact_writes w set state = 'sent', sent_at = ${input.now}, run_id = ${input.runId}, error = null,
      operation = r.operation, local_version = r."localVersion"
    from json_to_recordset(${rows}::json) as r(id text, operation jsonb, "localVersion" int)
    where w.id = r.id`);
}

/** Marked as sent, and it is certain that they never left. */
export async function unmarkSent(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx
    .update(contactWrites)
    .set({ state: 'planned', sentAt: null })
    .where(and(inArray(contactWrites.id, [...ids]), eq(contactWrites.state, 'sent')));
}

export async function dropWrites(
  tx: Transaction,
  { ids, now }: { ids: readonly string[]; now: string },
): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(contactWrites)
    .set({ state: 'dropped', settledAt: now })
    .where(inArray(contactWrites.id, [...ids]));
}

/** The provider carried them out; each with the id that the remote contact has by now. */
export async function ackWrites(
  tx: Transaction,
  input: { now: string; acked: readonly { id: string; remoteId: string }[] },
): Promise<void> {
  const rows = JSON.stringify(input.acked);
  await tx.execute(sql`
    update contact_writes w set state = 'acked', settled_at = ${input.now}, remote_id = r."remoteId", error = null
    from json_to_recordset(${rows}::json) as r(id text, "remoteId" text)
    where w.id = r.id`);
}

/** Creates that were sent and not acked. */
export async function openCreates(db: Executor, integrationId: string): Promise<ContactWrite[]> {
  return db
    .select()
    .from(contactWrites)
    .where(
      and(
        eq(contactWrites.integrationId, integrationId),
        eq(contactWrites.object, 'contact'),
        eq(contactWrites.kind, 'create'),
        inArray(contactWrites.state, ['sent', 'unknown']),
      ),
    )
    .orderBy(contactWrites.id);
}

/** Whether a double of this remote contact is still to go, which it does only while the contact is there. */
export async function hasOpenDouble(
  tx: Transaction,
  { integrationId, keeper }: { integrationId: string; keeper: string },
): Promise<boolean> {
  const rows = await tx
    .select({ id: contactWrites.id })
    .from(contactWrites)
    .where(
      and(eq(contactWrites.integrationId, integrationId), isOpenDouble, sql`${keeperOfDouble} = ${keeper}`),
    )
    .limit(1);
  return rows.length > 0;
}

/** Those of these creates that were sent, and given up since no listing had what they made. */
export async function findLostCreates(
  db: Executor,
  { integrationId, ids }: { integrationId: string; ids: readonly string[] },
): Promise<ContactWrite[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(contactWrites)
    .where(
      and(
        inArray(contactWrites.id, [...ids]),
        eq(contactWrites.integrationId, integrationId),
        eq(contactWrites.object, 'contact'),
        isLostCreate,
      ),
    );
}

/**
 * Of these remote contacts, which are gone, those that a delete of ours may have hit after it was given up: it had been sent,
 * and nobody knows what became of it. One that went longer than `withinMs` (milliseconds) after that was deleted by a person.
 */
export async function findGivenUpDeletes(
  db: Executor,
  input: { integrationId: string; remoteIds: readonly string[]; withinMs: number },
): Promise<ReadonlySet<string>> {
  const { integrationId, remoteIds, withinMs } = input;
  if (remoteIds.length === 0) return new Set();
  const rows = await db
    .select({ remoteId: contactLinks.remoteId })
    .from(contactWrites)
    .innerJoin(
      contactLinks,
      and(
        eq(contactLinks.integrationId, contactWrites.integrationId),
        eq(contactLinks.remoteId, contactWrites.remoteId),
      ),
    )
    .where(
      and(
        eq(contactWrites.integrationId, integrationId),
        eq(contactWrites.object, 'contact'),
        sql`${contactWrites.remoteId} = any(${sql.param([...remoteIds])}::text[])`,
        isGivenUpDelete,
        sql`${contactLinks.tombstonedAt} <= ${contactWrites.sentAt} + ${withinMs} * interval '1 millisecond'`,
      ),
    );
  return new Set(rows.map(({ remoteId }) => remoteId));
}

/** Puts what the provider answered, or showed when asked, in place of the shadow. */
export async function storeShadow(
  tx: Transaction,
  input: {
    integrationId: string;
    remoteId: string;
    runId: string;
    record: Mirrored;
    now: string;
    /** What was agreed on, written down before the shadow goes. */
    base: LinkBases;
    mappingVersion: number;
  },
): Promise<void> {
  const { record, now } = input;
  await tx.execute(sql`
    update contact_links set remote_id = ${record.remoteId}, etag = ${record.etag},
      content_hash = ${record.contentHash}, remote_updated_at = ${record.remoteUpdatedAt},
      shadow = ${rawParameter(record)}, seen_by_run = ${input.runId}, updated_at = ${now},
      base = coalesce(base, ${JSON.stringify(input.base)}::jsonb), mapping_version = ${input.mappingVersion}
    where integration_id = ${input.integrationId} and remote_id = ${input.remoteId}`);
}

export interface AckedLink {
  readonly contactId: string;
  readonly localVersion: number;
  readonly base: LinkBases;
  readonly record: Mirrored;
  /** Etags that this write replaced. */
  readonly superseded: readonly string[];
}

/** How many of them a link remembers. */
const rememberedEtags = 40;

/** Links as both sides agree now, but for a value that the provider can not hold. Returns how many are new. */
export async function ackLinks(
  tx: Transaction,
  input: {
    integrationId: string;
    stream: string;
    runId: string;
    mappingVersion: number;
    now: string;
    links: readonly AckedLink[];
  },
): Promise<number> {
  const { integrationId, now } = input;
  const rows = toJsonParameter(
    input.links.map(({ record, contactId, localVersion, base, superseded }) =>
      rowJson(
        {
          ...{ remote_id: record.remoteId, etag: record.etag, content_hash: record.contentHash },
          ...{
            remote_updated_at: record.remoteUpdatedAt,
            contact_id: contactId,
            local_version: localVersion,
          },
          ...{ base, superseded },
        },
        record.rawJson,
      ),
    ),
  );
  const acked = await tx.execute<{ isNew: boolean }>(sql`
    insert into contact_links as l (integration_id, stream, remote_id, etag, content_hash, remote_updated_at, shadow,
      seen_by_run, contact_id, local_version, mapping_version, base, superseded_etags, acked_at, updated_at)
    select ${integrationId}, ${input.stream}, r.remote_id, r.etag, r.content_hash, r.remote_updated_at, r.raw,
      ${input.runId}, r.contact_id, r.local_version, ${input.mappingVersion}, r.base, r.superseded, ${now}, ${now}
    from json_to_recordset(${rows}::json) as r(remote_id text, etag text, content_hash text,
      remote_updated_at timestamptz, raw json, contact_id text, local_version int, base jsonb, superseded text[])
    order by r.remote_id
    on conflict (integration_id, remote_id) do update set etag = excluded.etag,
      content_hash = excluded.content_hash, remote_updated_at = excluded.remote_updated_at, shadow = excluded.shadow,
      seen_by_run = excluded.seen_by_run, contact_id = excluded.contact_id, local_version = excluded.local_version,
      mapping_version = excluded.mapping_version, base = excluded.base,
      superseded_etags = (coalesce(l.superseded_etags, '{}') || excluded.superseded_etags)[
        greatest(1, cardinality(l.superseded_etags) + cardinality(excluded.superseded_etags) - ${rememberedEtags - 1}):],
      acked_at = excluded.acked_at, updated_at = excluded.updated_at, tombstoned_at = null, returned_at = null,
      parked = case when l.parked ->> 'reason' = 'unstorable_value' then l.parked end
    returning xmax = 0 as "isNew"`);
  return acked.filter(({ isNew }) => isNew).length;
}

/** The raw JSON, in the form that Postgres takes. */
const rawParameter = (record: Mirrored) => {
  const json = toJsonParameter([record.rawJson]);
  return sql`(${json}::json -> 0)`;
};

/** The remote contact is gone because we removed it. */
export async function ackRemoval(
  tx: Transaction,
  input: { integrationId: string; remoteId: string; now: string; contactVersion: number | undefined },
): Promise<number> {
  const gone = await tx
    .update(contactLinks)
    .set({
      tombstonedAt: input.now,
      ackedAt: input.now,
      returnedAt: null,
      supersededEtags: sql`array_append(${contactLinks.supersededEtags}, ${contactLinks.etag})`,
      ...(input.contactVersion === undefined ? {} : { localVersion: input.contactVersion }),
    })
    .where(
      and(
        eq(contactLinks.integrationId, input.integrationId),
        eq(contactLinks.remoteId, input.remoteId),
        sql`${contactLinks.tombstonedAt} is null`,
      ),
    )
    .returning({ remoteId: contactLinks.remoteId });
  return gone.length;
}

/**
 * Forgets intents that were settled longer than `keptMs` ago; what they wrote is in the journal. Creates and deletes that were
 * sent and then given up stay: by their markers, and by what they named, is known what they did whenever it shows up.
 */
export async function pruneWrites(db: Executor, keptMs: number): Promise<void> {
  const beforeMs = Date.now() - keptMs;
  // By the key: what was settled by then was made before, and all that came since is not looked at.
  await db.execute(sql`
    delete from contact_writes where id < ${firstIdAt('op', beforeMs)}
      and settled_at < ${new Date(beforeMs).toISOString()} and state in ('acked', 'dropped', 'failed')
      and not (state = 'dropped' and kind <> 'update' and sent_at is not null)`);
}
