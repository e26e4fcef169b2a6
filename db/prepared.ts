/** Queries that many activities send: their SQL is built once for each handle, and Postgres plans it once a connection. */
import type { Executor } from './client.ts';

/**
 * `build` ends in `.prepare(name)`, with placeholders where values differ, and `shape` where the SQL does (a few words, never
 * a value). Within a transaction it is built each time.
 */
export function prepared<Query, Shape extends readonly string[] = []>(
  build: (db: Executor, ...shape: Shape) => Query,
): (db: Executor, ...shape: Shape) => Query {
  const built = new WeakMap<Executor, Map<string, Query>>();
  return (db, ...shape) => {
    const ofHandle = built.get(db) ?? new Map<string, Query>();
    built.set(db, ofHandle);
    const key = shape.join(' ');
    const known = ofHandle.get(key) ?? build(db, ...shape);
    ofHandle.set(key, known);
    return known;
  };
}
