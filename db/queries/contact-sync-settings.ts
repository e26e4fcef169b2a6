/** What a sync of contacts goes by: whose it is, which way values flow, who wins, and every version of the mappings. */
import { eq, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { prepared } from '../prepared.ts';
import { contactMappings, integrations } from '../schema/index.ts';

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

export async function loadContactSyncRow(
  db: Executor,
  integrationId: string,
): Promise<ContactSyncRow | undefined> {
  const rows = await loadRows(db).execute({ integrationId });
  const [first] = rows;
  if (first === undefined) return undefined;
  return { integration: first.integration, mappings: rows.flatMap(({ mapping }) => mapping ?? []) };
}
