/**
 * Everything the stand-ins must remember. In memory, and, where a folder is given, in an append-only journal that is
 * written before an answer leaves: it survives kill -9 (a power cut may lose the last moments).
 */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { type JournalRow, readJournal } from './journal-reader.ts';
import { type Version, VersionedTable } from './versioned-table.ts';

const COMPACT_AFTER_BYTES = 128 * 1024 * 1024;

/** A durable map. Values are plain JSON; after changing one in place, `set` it again. */
export interface Table<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
  entries(): IterableIterator<[string, T]>;
  readonly size: number;
}

export class DurableState {
  readonly #clock: Clock;
  readonly #dir: string | undefined;
  readonly #tables = new Map<string, Map<string, unknown>>();
  readonly #versioned = new Map<string, VersionedTable<unknown>>();
  #seq = 0;
  #seqTimes: { seq: number; at: number }[] = [];
  #pending: string[] = [];
  #file: number | undefined;
  #bytesSinceCompaction = 0;

  constructor(clock: Clock, dir?: string) {
    this.#clock = clock;
    this.#dir = dir;
    if (dir === undefined) return;
    mkdirSync(dir, { recursive: true });
    for (const row of readJournal(this.#path())) this.#restore(row);
    this.#seqTimes.sort((a, b) => a.seq - b.seq);
    this.#compact();
  }

  /** The newest sequence number: a listing of "now" is as of this. */
  get seq(): number {
    return this.#seq;
  }

  /** The sequence number as of a time in ms: what a listing may show when writes lag. */
  seqAsOf(atMs: number): number {
    let low = 0;
    let high = this.#seqTimes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#seqTimes[middle] as { at: number }).at <= atMs) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (this.#seqTimes[low - 1] as { seq: number }).seq;
  }

  table<T>(name: string): Table<T> {
    const rows = this.#rows(name) as Map<string, T>;
    return {
      get: (key) => rows.get(key),
      set: (key, value) => {
        rows.set(key, value);
        this.#append({ t: name, k: key, v: value });
      },
      delete: (key) => {
        if (rows.delete(key)) this.#append({ t: name, k: key, v: null });
      },
      entries: () => rows.entries(),
      get size() {
        return rows.size;
      },
    };
  }

  versioned<T>(name: string): VersionedTable<T> {
    let table = this.#versioned.get(name);
    if (table === undefined) {
      table = new VersionedTable<unknown>((key, value) => this.#writeVersion(name, key, value));
      this.#versioned.set(name, table);
    }
    return table as VersionedTable<T>;
  }

  /** Forgets the tables that `doomed` names. Sequence numbers go on, so that no old sync token can fit the new world. */
  wipe(doomed: (name: string) => boolean): void {
    for (const [name, rows] of this.#tables) if (doomed(name)) rows.clear();
    for (const [name, table] of this.#versioned) if (doomed(name)) table.clear();
    // Lag and stale reads never look behind this: what is left counts as always there.
    this.#seqTimes = [{ seq: this.#seq, at: 0 }];
    this.#compact();
  }

  /** Writes what is pending. The server calls it before each answer. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const lines = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    if (this.#file === undefined) return;
    writeSync(this.#file, lines);
    this.#bytesSinceCompaction += lines.length;
    if (this.#bytesSinceCompaction > COMPACT_AFTER_BYTES) this.#compact();
  }

  close(): void {
    this.flush();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #rows(name: string): Map<string, unknown> {
    let rows = this.#tables.get(name);
    if (rows === undefined) {
      rows = new Map();
      this.#tables.set(name, rows);
    }
    return rows;
  }

  #writeVersion(name: string, key: string, value: unknown): Version<unknown> {
    const last = this.#seqTimes.at(-1);
    const version = { seq: ++this.#seq, at: Math.max(this.#clock.now(), last?.at ?? 0), value };
    this.#seqTimes.push({ seq: version.seq, at: version.at });
    this.#append({ t: name, k: key, v: value, s: version.seq, a: version.at });
    return version;
  }

  #append(row: JournalRow): void {
    if (this.#dir !== undefined) this.#pending.push(`${JSON.stringify(row)}\n`);
  }

  #restore(row: JournalRow): void {
    if (row.t === '') this.#seq = Math.max(this.#seq, Number(row.v));
    else if (row.s === undefined) {
      if (row.v === null) this.#rows(row.t).delete(row.k);
      else this.#rows(row.t).set(row.k, row.v);
    } else {
      const version = { seq: row.s, at: row.a ?? 0, value: row.v };
      this.versioned(row.t).restore(row.k, version);
      this.#seqTimes.push({ seq: version.seq, at: version.at });
      this.#seq = Math.max(this.#seq, version.seq);
    }
  }

  /** Rewrites the journal with what still counts, beside the old one, and swaps them in one rename. */
  #compact(): void {
    if (this.#dir === undefined) return;
    this.#pending = [];
    if (this.#file !== undefined) closeSync(this.#file);
    const path = this.#path();
    rmSync(`${path}.new`, { force: true });
    const file = openSync(`${path}.new`, 'a', 0o600);
    let lines: string[] = [];
    const write = (row: JournalRow) => {
      lines.push(`${JSON.stringify(row)}\n`);
      if (lines.length < 1000) return;
      writeSync(file, lines.join(''));
      lines = [];
    };
    write({ t: '', k: 'seq', v: this.#seq });
    for (const [t, rows] of this.#tables) for (const [k, v] of rows) write({ t, k, v });
    for (const [t, table] of this.#versioned)
      for (const { key, version } of table.history())
        write({ t, k: key, v: version.value, s: version.seq, a: version.at });
    writeSync(file, lines.join(''));
    renameSync(`${path}.new`, path);
    this.#file = file;
    this.#bytesSinceCompaction = 0;
  }

  #path(): string {
    return join(this.#dir as string, 'journal.ndjson');
  }
}
