/**
 * One-shot: seals everything anew under the first of HARMONY_ENCRYPTION_KEYS, and says which keys nothing needs any more.
 * Safe beside running processes and repeated; `reconcile` does the same by and by.
 */
import { readConfig } from '../platform/config.ts';
import { openDatabase } from './client.ts';
import { countSealedBy, resealCredentials } from './queries/reseal.ts';
import { createSealer } from './sealing.ts';

const batchSize = 200;

const config = readConfig(process.env);
const sealer = createSealer(config.encryptionKeys);
const database = openDatabase({ url: config.databaseUrl, poolSize: 1, name: 'harmony-reseal' });
try {
  let resealed = 0;
  for (;;) {
    const count = await resealCredentials(database.db, sealer, batchSize);
    if (count === 0) break;
    resealed += count;
  }
  console.log(`${resealed} credentials were sealed anew under "${sealer.currentKeyId}".`);
  for (const keyId of sealer.olderKeyIds) {
    const left = await countSealedBy(database.db, [keyId]);
    console.log(
      left === 0
        ? `Nothing that lasts needs "${keyId}" any more: remove it a day from now, when the last open sign-ins are over.`
        : `${left} credentials are in use and still under "${keyId}": run this again.`,
    );
  }
} finally {
  await database.close();
}
