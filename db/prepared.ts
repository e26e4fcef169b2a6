/** Queries that many activities send: their SQL is built once for each handle, and Postgres plans it once a connection. */
import type { Executor } from './client.ts';

/** `build` ends in `.prepare(name)`, with placeholders where values differ. Within a transaction it is built each time. */
export function prepared<Query>(build: (db: Executor) => Query): (db: Executor) => Query {
  const built = new WeakMap<Executor, Query>();
  return (db) => {
    const known = built.get(db) ?? build(db);
    built.set(db, known);
    return known;
  };
}
