/** What a sync of contacts goes by: whose it is, which way values flow, who wins, and every version of the mappings. */
import { eq, type SQL, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { prepared } from '../prepared.ts';
import { contactMappings, integrations, type StoredObjectMapping } from '../schema/index.ts';
import type { IntegrationRow } from './integrations-read.ts';

type Mapping = typeof contactMappings.$inferSelect;
export type MappingVersionRow = Pick<Mapping, 'version' | 'objects' | 'fields' | 'approvedAt'>;

export interface ContactSyncRow {
  readonly integration: Pick<
    typeof integrations.$inferSelect,
    'id' | 'workspaceId' | 'userId' | 'approvedDirection' | 'conflictPolicy'
  >;
  /** Approved or not, in order; none means the defaults. */
  readonly mappings: readonly MappingVersionRow[];
}

const loadRows = prepared((db) => {
  const { id, workspaceId, userId, approvedDirection, conflictPolicy } = integrations;
  const { version, objects, fields, approvedAt } = contactMappings;
  return db
    .select({
      integration: { id, workspaceId, userId, approvedDirection, conflictPolicy },
      mapping: { version, objects, fields, approvedAt },
    })
    .from(integrations)
    .leftJoin(contactMappings, eq(contactMappings.integrationId, integrations.id))
    .where(eq(integrations.id, sql.placeholder('integrationId')))
    .orderBy(contactMappings.version)
    .prepare('load_contact_sync');
});

/**
 * Before settings of contacts change, and before anything is noted for that: waits for pages that were read by the former
 * ones, so that it sees their rows. Returns the integration as it is from here on, which a change is to be decided by;
 * undefined when it is gone or being deleted.
 */
export async function lockContactSettings(
  tx: Transaction,
  integrationId: string,
): Promise<IntegrationRow | undefined> {
  const [row] = await tx
    .select()
    .from(integrations)
    .where(eq(integrations.id, integrationId))
    .for('no key update');
  return row?.deletingAt === null ? row : undefined;
}

export async function loadContactSyncRow(
  db: Executor,
  integrationId: string,
): Promise<ContactSyncRow | undefined> {
  const rows = await loadRows(db).execute({ integrationId });
  const [first] = rows;
  if (first === undefined) return undefined;
  return { integration: first.integration, mappings: rows.flatMap(({ mapping }) => mapping ?? []) };
}

/** The version of the mappings that is in force; undefined: the defaults are. */
export const mappingsInForce = ({ mappings }: ContactSyncRow): MappingVersionRow | undefined =>
  mappings.findLast(({ approvedAt }) => approvedAt !== null);

type FlowingObject = Pick<StoredObjectMapping, 'harmonyObject' | 'providerObject'>;

/**
 * A condition over the alias of an integration: it is not being deleted, and by the settings in force records of this kind flow
 * from Harmony to it. For statements about several accounts; of one, `compileSync` and `directionOfLists` (activities/contacts)
 * say the same.
 */
export const sendsObject = (alias: string, { harmonyObject, providerObject }: FlowingObject): SQL => {
  const i = sql.raw(alias);
  return sql`
    ${i}.deleting_at is null and coalesce(${i}.approved_direction, 'from_provider') <> 'from_provider' and coalesce((
      select jsonb_path_exists(m.objects, '$[*] ? (@.harmonyObject == $harmony && @.providerObject == $provider
        && @.enabled == true && @.direction != "from_provider")',
        jsonb_build_object('harmony', ${harmonyObject}::text, 'provider', ${providerObject}::text))
      from contact_mappings m where m.integration_id = ${i}.id and m.approved_at is not null
      order by m.version desc limit 1), true)`;
};

/** Tells settings in force from others. */
export const stampOf = (row: ContactSyncRow): string =>
  `${row.integration.approvedDirection}/${mappingsInForce(row)?.version}`;

/** Whether these settings are still in force; until the transaction ends they stay as they are. */
export async function holdContactSettings(
  tx: Transaction,
  { integrationId, stamp }: { integrationId: string; stamp: string | undefined },
): Promise<boolean> {
  await tx.execute(sql`select 1 from integrations where id = ${integrationId} for share`);
  // Sent once the lock is held, so that it sees what that waited for.
  const row = await loadContactSyncRow(tx, integrationId);
  return (row && stampOf(row)) === stamp;
}
