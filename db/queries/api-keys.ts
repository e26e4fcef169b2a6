/** The keys of a workspace: made, listed and revoked one beside the other, so that one can replace another without a gap. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Database, Executor } from '../client.ts';
import { hashSecret, newId, newSecret } from '../ids.ts';
import { apiKeys } from '../schema/index.ts';

export type ApiKeyRow = Pick<typeof apiKeys.$inferSelect, 'id' | 'name' | 'createdAt' | 'revokedAt'>;

const columns = {
  id: apiKeys.id,
  name: apiKeys.name,
  createdAt: apiKeys.createdAt,
  revokedAt: apiKeys.revokedAt,
};

export function listApiKeys(db: Executor, workspaceId: string): Promise<ApiKeyRow[]> {
  return db.select(columns).from(apiKeys).where(eq(apiKeys.workspaceId, workspaceId)).orderBy(apiKeys.id);
}

/** Returns the key itself, the only time that it is seen. */
export async function createApiKey(
  db: Executor,
  input: { readonly workspaceId: string; readonly name: string },
): Promise<ApiKeyRow & { readonly key: string }> {
  const key = newSecret('hk');
  const [row] = await db
    .insert(apiKeys)
    .values({ id: newId('key'), ...input, tokenHash: hashSecret(key) })
    .returning(columns);
  return { ...(row as ApiKeyRow), key };
}

export type Revocation = 'revoked' | 'unknown' | 'last';

/** `last`: no other key would be left to make a new one with. */
export function revokeApiKey(db: Database, workspaceId: string, keyId: string): Promise<Revocation> {
  return db.transaction(async (tx) => {
    // Two at once must not revoke each other's last remaining key.
    const valid = await tx
      .select({ id: apiKeys.id })
      .from(apiKeys)
      .where(and(eq(apiKeys.workspaceId, workspaceId), isNull(apiKeys.revokedAt)))
      .for('update');
    if (!valid.some(({ id }) => id === keyId)) return 'unknown';
    if (valid.length === 1) return 'last';
    await tx.update(apiKeys).set({ revokedAt: sql`now()` }).where(eq(apiKeys.id, keyId));
    return 'revoked';
  });
}
