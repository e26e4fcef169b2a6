/** Keeps note of every token that the run brings, as soon as it is stored, so that it can be searched for later. */
import { loadCredential } from '../../db/queries/credentials.ts';
import { createSealer } from '../../db/sealing.ts';
import type { FaultWorld } from './world.ts';

const intervalMs = 700;
/** What a Google channel token, a Linear key and an access token have in common: anything shorter could be a word. */
const shortestSecret = 16;

/** Returns what ends it. */
export function noteSecrets(world: FaultWorld): () => Promise<void> {
  const { environment } = world.stack;
  const { secrets } = world.ledger;
  const sealer = createSealer(environment.HARMONY_ENCRYPTION_KEYS as string);
  secrets.set('the workspace key', world.person.workspaceKey);
  secrets.set('the encryption key', (environment.HARMONY_ENCRYPTION_KEYS as string).split(':')[1] as string);

  const note = async (): Promise<void> => {
    const rows = await world.sql<{ id: string }[]>`select integration_id as id from credentials`;
    for (const { id } of rows) {
      const tokens = (await loadCredential(world.database.db, sealer, id))?.tokens;
      for (const [kind, token] of Object.entries(tokens ?? {})) {
        if (typeof token === 'string' && /token|key/i.test(kind) && token.length >= shortestSecret)
          secrets.set(`${kind} of ${id} (${token.slice(-4)})`, token);
      }
    }
  };
  let last: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    // The database is away time and again; the next look sees what this one missed.
    last = note()
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, intervalMs);
  return async () => {
    clearInterval(timer);
    await last;
    await note().catch(() => undefined);
  };
}
