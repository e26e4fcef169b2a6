import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

export interface JournalRow {
  /** table, key, value (null deletes), and for a versioned table its sequence number and time. */
  t: string;
  k: string;
  v: unknown;
  s?: number;
  a?: number;
}

/** The rows of a journal, in order; none where there is no file. A last line that a kill cut short is left out. */
export function* readJournal(path: string): Generator<JournalRow> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const chunk = Buffer.alloc(1024 * 1024);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, read))).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as JournalRow;
    }
  } finally {
    closeSync(file);
  }
}
