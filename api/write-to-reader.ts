import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** In bytes: so little that a slow reader has taken all of it well before anybody loses patience. */
const sliceLength = 65_536;

/**
 * Writes, and waits for a slow reader. Throws once it has left, or has taken next to nothing for `patienceMs`: what is written
 * holds a connection to Postgres as long as it lasts.
 */
export async function writeToReader(reader: Writable, text: string, patienceMs = 30_000): Promise<void> {
  // A slice of the text itself could end within a character that takes two of its units.
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += sliceLength) {
    if (reader.destroyed) throw new Error('The reader left.');
    if (!reader.write(bytes.subarray(from, from + sliceLength))) await untilTaken(reader, patienceMs);
  }
}

async function untilTaken(reader: Writable, patienceMs: number): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(patienceMs)]);
  try {
    await Promise.race([once(reader, 'drain', { signal }), once(reader, 'close', { signal })]);
  } catch (cause) {
    reader.destroy();
    throw new Error('The reader takes nothing.', { cause });
  } finally {
    // Takes the other listener away.
    over.abort();
  }
}
