/** What a person decides about an integration: to have it, how it behaves, and that it goes. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { RemoteAccount } from '../../providers/contract/index.ts';
import type { Executor } from '../client.ts';
import { type ConflictPolicy, integrations, type SyncDirection } from '../schema/index.ts';
import type { IntegrationRow } from './integrations-read.ts';

export interface NewIntegration {
  readonly id: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly provider: string;
  readonly authKind: 'oauth' | 'api_key';
  readonly syncDirection: SyncDirection | null;
  /** Known from the start only where a key was checked. */
  readonly account: RemoteAccount | null;
}

/**
 * Inserts it in phase connecting. The same id again (a repeated request) returns the row that is there. Undefined when the user has connected that account already.
 */
export async function insertIntegration(
  db: Executor,
  { account, ...columns }: NewIntegration,
): Promise<IntegrationRow | undefined> {
  const known =
    account === null
      ? {}
      : {
          accountId: account.id,
          accountName: account.name,
          accountEmail: account.email ?? null,
        };
  const [inserted] = await db
    .insert(integrations)
    .values({ ...columns, approvedDirection: columns.syncDirection, ...known })
    .onConflictDoNothing()
    .returning();
  if (inserted !== undefined) return inserted;
  const [present] = await db.select().from(integrations).where(eq(integrations.id, columns.id));
  return present;
}

export interface SettingsChange {
  readonly autoSync?: boolean | undefined;
  readonly intervalSeconds?: number | undefined;
  readonly syncDirection?: SyncDirection | undefined;
  readonly approvedDirection?: SyncDirection | undefined;
  readonly conflictPolicy?: ConflictPolicy | undefined;
}

/** undefined when it is gone meanwhile. */
export async function changeSettings(
  db: Executor,
  integrationId: string,
  change: SettingsChange,
): Promise<IntegrationRow | undefined> {
  const [row] = await db
    .update(integrations)
    .set({ ...change, updatedAt: sql`now()` })
    .where(and(eq(integrations.id, integrationId), isNull(integrations.deletingAt)))
    .returning();
  return row;
}

/** Hides it from everybody at once, and notes what is to become of its records; the delete workflow does the rest. */
export async function hideIntegration(
  db: Executor,
  integrationId: string,
  records: 'keep' | 'delete',
): Promise<void> {
  await db
    .update(integrations)
    .set({ deletingAt: sql`now()`, keepRecords: records === 'keep', updatedAt: sql`now()` })
    .where(and(eq(integrations.id, integrationId), isNull(integrations.deletingAt)));
}
