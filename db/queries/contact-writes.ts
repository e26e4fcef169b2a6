/** Intents: what is to be written at the provider, committed before the call and settled after it. */
import { and, asc, eq, inArray, lte, or, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { toJsonParameter } from '../json-parameter.ts';
import { contactLinks, contactWrites, type LinkBases } from '../schema/index.ts';
import type { ContactWrite } from './contact-planning.ts';
import type { Mirrored } from './mirror.ts';

/** Creates whose outcome isn't known are never picked up again: they are looked for by their marker. */
const isOpen = or(
  eq(contactWrites.state, 'planned'),
  and(inArray(contactWrites.state, ['sent', 'unknown']), sql`${contactWrites.kind} <> 'create'`),
);

/** The intent that is due the longest. */
export async function nextWrite(
  db: Executor,
  { integrationId, now }: { integrationId: string; now: string },
): Promise<ContactWrite | undefined> {
  const [row] = await db
    .select()
    .from(contactWrites)
    .where(
      and(
        eq(contactWrites.integrationId, integrationId),
        eq(contactWrites.object, 'contact'),
        lte(contactWrites.dueAt, now),
        isOpen,
      ),
    )
    .orderBy(asc(contactWrites.dueAt), asc(contactWrites.createdAt), asc(contactWrites.id))
    .limit(1);
  return row;
}

/** The intent, locked; undefined where it was settled or dropped meanwhile. */
export async function lockWrite(tx: Transaction, id: string): Promise<ContactWrite | undefined> {
  const [row] = await tx
    .select()
    .from(contactWrites)
    .where(and(eq(contactWrites.id, id), inArray(contactWrites.state, ['planned', 'sent', 'unknown'])))
    .for('update');
  return row;
}

export type WriteChange = Partial<Omit<typeof contactWrites.$inferInsert, 'id' | 'integrationId'>>;

export async function changeWrite(tx: Executor, id: string, change: WriteChange): Promise<void> {
  await tx.update(contactWrites).set(change).where(eq(contactWrites.id, id));
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
  readonly integrationId: string;
  readonly stream: string;
  readonly runId: string;
  /** Of the link before; the answer's own where there was none. */
  readonly remoteId: string;
  readonly contactId: string;
  readonly localVersion: number;
  readonly mappingVersion: number;
  readonly base: LinkBases;
  readonly record: Mirrored;
  /** Etags that this write replaced. */
  readonly superseded: readonly string[];
  readonly now: string;
}

/** How many of them a link remembers. */
const rememberedEtags = 40;

/** The link as both sides agree now. Returns whether it is new. */
export async function ackLink(tx: Transaction, link: AckedLink): Promise<boolean> {
  const { record, now, integrationId } = link;
  const [known] = await tx
    .select({ superseded: contactLinks.supersededEtags })
    .from(contactLinks)
    .where(and(eq(contactLinks.integrationId, integrationId), eq(contactLinks.remoteId, link.remoteId)));
  const superseded = [...(known?.superseded ?? []), ...link.superseded].slice(-rememberedEtags);
  await tx.execute(sql`
    insert into contact_links (integration_id, stream, remote_id, etag, content_hash, remote_updated_at, shadow,
      seen_by_run, contact_id, local_version, mapping_version, base, superseded_etags, acked_at, updated_at)
    values (${integrationId}, ${link.stream}, ${link.remoteId}, ${record.etag}, ${record.contentHash},
      ${record.remoteUpdatedAt}, ${rawParameter(record)}, ${link.runId}, ${link.contactId}, ${link.localVersion},
      ${link.mappingVersion}, ${JSON.stringify(link.base)}::jsonb, ${sql.param(superseded)}::text[], ${now}, ${now})
    on conflict (integration_id, remote_id) do update set remote_id = ${record.remoteId}, etag = excluded.etag,
      content_hash = excluded.content_hash, remote_updated_at = excluded.remote_updated_at, shadow = excluded.shadow,
      seen_by_run = excluded.seen_by_run, contact_id = excluded.contact_id, local_version = excluded.local_version,
      mapping_version = excluded.mapping_version, base = excluded.base, superseded_etags = excluded.superseded_etags,
      acked_at = excluded.acked_at, updated_at = excluded.updated_at, parked = null, tombstoned_at = null,
      returned_at = null`);
  return known === undefined;
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
