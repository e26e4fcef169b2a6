import { drizzle, type PostgresJsDatabase, type PostgresJsSession } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { endWithConnection } from './lost-connection.ts';
import type { Scope } from './queries/scope.ts';
import { enterScope } from './tenant-wall.ts';
import { together } from './together.ts';

export type Database = PostgresJsDatabase;
/** What runs inside `db.transaction`. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
/** A query that may run alone or within a transaction. */
export type Executor = Database | Transaction;

/** The driver's side of a handle or of a transaction. */
export const clientOf = (db: Executor): postgres.Sql =>
  (db._.session as unknown as PostgresJsSession<postgres.Sql, Record<string, unknown>, Record<string, never>>)
    .client;

export interface DatabaseHandle {
  readonly db: Database;
  /** The driver itself, for LISTEN and for pipelined bulk statements. */
  readonly sql: postgres.Sql;
  /**
   * The same pool for one caller: each statement runs in a transaction that sees this scope's rows alone. The same handle
   * for the same scope, as long as not too many others came since.
   */
  within(scope: Scope): Database;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
}

/** Opens a pool; connections are made at the first query and made again when the server went away. */
export function openDatabase(options: DatabaseOptions): DatabaseHandle {
  const sql = endWithConnection(
    postgres(options.url, {
      max: options.poolSize,
      connection: { application_name: options.name, TimeZone: 'UTC' },
      idle_timeout: 60,
      connect_timeout: 10,
      onnotice: () => {},
    }),
  );
  return {
    db: drizzle(sql),
    sql,
    within: keepRecent((scope) => drizzle(enterEachTime(sql, scope))),
    close: () => sql.end({ timeout: 5 }),
  };
}

const handlesKept = 500;

function keepRecent(open: (scope: Scope) => Database): (scope: Scope) => Database {
  const recent = new Map<string, Database>();
  return (scope) => {
    const key = JSON.stringify([scope.workspaceId, scope.userId]);
    const handle = recent.get(key) ?? open(scope);
    // A map is in the order in which its entries were set.
    recent.delete(key);
    recent.set(key, handle);
    const [oldest] = recent.keys();
    if (recent.size > handlesKept && oldest !== undefined) recent.delete(oldest);
    return handle;
  };
}

/** The parts of the driver that drizzle calls. Scope and statement go out together: two round trips more than without. */
function enterEachTime(sql: postgres.Sql, scope: Scope): postgres.Sql {
  const begin = <T>(work: (tx: postgres.TransactionSql) => Promise<T>) =>
    sql.begin(async (tx) => {
      // Sent first; should it fail, the transaction is over and nothing behind it is carried out.
      const entered = enterScope(tx, scope).execute();
      const [result] = await together([work(tx), entered]);
      return result;
    });
  const unsafe = (...statement: Parameters<postgres.Sql['unsafe']>) => ({
    // biome-ignore lint/suspicious/noThenProperty: like the driver's own query, it runs when it is awaited
    then: (...handlers: Parameters<Promise<unknown>['then']>) =>
      begin(async (tx) => tx.unsafe(...statement)).then(...handlers),
    values: () => begin(async (tx) => tx.unsafe(...statement).values()),
  });
  return { options: sql.options, unsafe, begin } as never;
}
