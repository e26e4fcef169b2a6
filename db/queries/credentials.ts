/** Tokens at rest: sealed, tied to their integration, and each change a version of its own. */
import { and, eq, exists, isNull, ne, or, sql } from 'drizzle-orm';
import type { Tokens } from '../../providers/contract/index.ts';
import type { Executor, Transaction } from '../client.ts';
import { prepared } from '../prepared.ts';
import { credentials, integrations, watches } from '../schema/index.ts';
import type { Sealer } from '../sealing.ts';
import type { Integration } from './integrations.ts';

export interface Credential {
  readonly tokens: Tokens;
  readonly grantKey: string;
  readonly version: number;
}

/** What a credential is sealed to. */
export const credentialBoundTo = (integrationId: string): string => `credentials:${integrationId}`;

function openRow(sealer: Sealer, row: typeof credentials.$inferSelect): Credential {
  const plain = sealer.open(row, credentialBoundTo(row.integrationId));
  return { tokens: JSON.parse(plain) as Tokens, grantKey: row.grantKey, version: row.version };
}

/** The opened credential; undefined before the first connect and after Delete. */
export async function loadCredential(
  db: Executor,
  sealer: Sealer,
  integrationId: string,
): Promise<Credential | undefined> {
  const [row] = await db.select().from(credentials).where(eq(credentials.integrationId, integrationId));
  return row === undefined ? undefined : openRow(sealer, row);
}

const findRow = prepared((db) =>
  db
    .select({ integration: integrations, credential: credentials })
    .from(integrations)
    .leftJoin(credentials, eq(credentials.integrationId, integrations.id))
    .where(eq(integrations.id, sql.placeholder('integrationId')))
    .prepare('find_with_credential'),
);

/** An integration, also while it is being deleted, with its opened credential; undefined when there is none. */
export async function findWithCredential(
  db: Executor,
  sealer: Sealer,
  integrationId: string,
): Promise<{ integration: Integration; credential: Credential | undefined } | undefined> {
  const [row] = await findRow(db).execute({ integrationId });
  if (row === undefined) return undefined;
  const { integration, credential } = row;
  return { integration, credential: credential === null ? undefined : openRow(sealer, credential) };
}

/** What the grant allows; undefined where the provider has no scopes, or nobody has signed in. */
export async function grantedScopes(
  db: Executor,
  integrationId: string,
): Promise<readonly string[] | undefined> {
  const [row] = await db
    .select({ scopes: credentials.scopes })
    .from(credentials)
    .where(eq(credentials.integrationId, integrationId));
  return row?.scopes ?? undefined;
}

/**
 * Whether a newer credential than `version` is stored (by a sign-in, a new key or a refresh). Until the transaction ends
 * it stays as it is: a sign-in that comes now waits, and finds what was written by the answer.
 */
export async function isCredentialNewer(
  tx: Transaction,
  integrationId: string,
  version: number,
): Promise<boolean> {
  const [row] = await tx
    .select({ version: credentials.version })
    .from(credentials)
    .where(eq(credentials.integrationId, integrationId))
    .for('share');
  return row !== undefined && row.version > version;
}

function sealedColumns(sealer: Sealer, integrationId: string, tokens: Tokens) {
  return {
    ...sealer.seal(JSON.stringify(tokens), credentialBoundTo(integrationId)),
    expiresAt: tokens.expiresAt ?? null,
    scopes: tokens.scopes ?? null,
  };
}

/** Stores a new grant, replacing an older one. */
export async function storeCredential(
  db: Executor,
  sealer: Sealer,
  input: { integrationId: string; grantKey: string; tokens: Tokens },
): Promise<void> {
  const columns = { grantKey: input.grantKey, ...sealedColumns(sealer, input.integrationId, input.tokens) };
  await db
    .insert(credentials)
    .values({ integrationId: input.integrationId, ...columns })
    .onConflictDoUpdate({
      target: credentials.integrationId,
      set: { ...columns, version: sql`${credentials.version} + 1`, updatedAt: sql`now()` },
    });
}

/**
 * Stores what a refresh of that version brought. Returns the credential that holds afterwards: that of a sign-in or a new
 * key, where one came meanwhile; undefined when there is none any more. Safe to repeat.
 */
export async function storeRefreshed(
  db: Executor,
  sealer: Sealer,
  { integrationId, version, tokens }: { integrationId: string; version: number; tokens: Tokens },
): Promise<Credential | undefined> {
  const next = sql`${credentials.version} + 1`;
  const [row] = await db
    .update(credentials)
    .set({ ...sealedColumns(sealer, integrationId, tokens), version: next, updatedAt: sql`now()` })
    .where(and(eq(credentials.integrationId, integrationId), eq(credentials.version, version)))
    .returning();
  return row === undefined ? loadCredential(db, sealer, integrationId) : openRow(sealer, row);
}

/**
 * Whether another integration, of any workspace, lives on the same grant, or is being deleted and still has
 * subscriptions to stop by it: then it must not be revoked. Each stops its own before it asks, so of several that are
 * deleted together the last one revokes.
 */
export async function isGrantShared(db: Executor, integrationId: string, grantKey: string): Promise<boolean> {
  const rows = await db
    .select({ id: credentials.integrationId })
    .from(credentials)
    .innerJoin(integrations, eq(integrations.id, credentials.integrationId))
    .where(
      and(
        eq(credentials.grantKey, grantKey),
        ne(credentials.integrationId, integrationId),
        or(
          isNull(integrations.deletingAt),
          exists(db.select().from(watches).where(eq(watches.integrationId, integrations.id))),
        ),
      ),
    )
    .limit(1);
  return rows.length > 0;
}

export async function deleteCredential(db: Executor, integrationId: string): Promise<void> {
  await db.delete(credentials).where(eq(credentials.integrationId, integrationId));
}
