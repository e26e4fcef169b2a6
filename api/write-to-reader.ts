import { once } from 'node:events';
import type { Writable } from 'node:stream';

/**
 * Writes, and waits for a slow reader. Throws once it has left, or has read nothing for `patienceMs`: what is written holds
 * a connection to Postgres as long as it lasts.
 */
export async function writeToReader(reader: Writable, chunk: string, patienceMs = 30_000): Promise<void> {
  if (reader.destroyed) throw new Error('The reader left.');
  if (reader.write(chunk)) return;
  const signal = AbortSignal.timeout(patienceMs);
  try {
    await Promise.race([once(reader, 'drain', { signal }), once(reader, 'close', { signal })]);
  } catch (cause) {
    reader.destroy();
    throw new Error('The reader reads nothing.', { cause });
  }
}
