/** Queries that many activities send: their SQL is built once, and Postgres plans it once a connection. */
import { type SQL, sql } from 'drizzle-orm';
import { clientOf, type Executor } from './client.ts';

/** What an execution of a prepared query is given under that name, in the place of a value to be written. */
export const given = (name: string): SQL<never> => sql`${sql.placeholder(name)}`;

/**
 * `build` ends in `.prepare(name)`, with placeholders where values differ, and `shape` where the SQL does (a few words, never
 * a value).
 */
export function prepared<Query extends object, Shape extends readonly string[] = []>(
  build: (db: Executor, ...shape: Shape) => Query,
): (db: Executor, ...shape: Shape) => Query {
  const built = new Map<string, Query>();
  return (db, ...shape) => {
    const key = shape.join(' ');
    const known = built.get(key) ?? build(db, ...shape);
    built.set(key, known);
    // All that a query which drizzle has built knows of its handle, or of its transaction, is what it is sent through.
    return Object.create(known, { client: { value: clientOf(db) } }) as Query;
  };
}
