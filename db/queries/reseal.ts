/** Rotation of the encryption key: what older keys sealed is sealed anew, a little at a time, while everything runs. */
import { eq, inArray, ne } from 'drizzle-orm';
import type { Database } from '../client.ts';
import { credentials } from '../schema/index.ts';
import type { Sealer } from '../sealing.ts';
import { credentialBoundTo } from './credentials.ts';

/**
 * Seals up to `limit` credentials of older keys under the present one. Rows that another transaction holds at the moment are
 * left: it seals what it stores, and the next round looks again. Returns how many it was; 0 means that only such rows, or none,
 * are left.
 */
export function resealCredentials(db: Database, sealer: Sealer, limit: number): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await tx
      .select()
      .from(credentials)
      .where(ne(credentials.keyId, sealer.currentKeyId))
      .limit(limit)
      .for('update', { skipLocked: true });
    for (const row of rows) {
      const boundTo = credentialBoundTo(row.integrationId);
      await tx
        .update(credentials)
        .set(sealer.seal(sealer.open(row, boundTo), boundTo))
        .where(eq(credentials.integrationId, row.integrationId));
    }
    return rows.length;
  });
}

/** Whether anything that lives longer than a day still needs a key other than these. */
export async function countSealedBy(db: Database, keyIds: readonly string[]): Promise<number> {
  return db.$count(credentials, inArray(credentials.keyId, [...keyIds]));
}
