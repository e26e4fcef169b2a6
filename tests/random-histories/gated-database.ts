/**
 * Database handles that pass the gate of their worker: each transaction once, when it commits, and each statement outside of
 * one. A worker after another has the same one, as in a process that goes on.
 */
import { drizzle } from 'drizzle-orm/postgres-js';
import type { Sql } from 'postgres';
import type { Database } from '../../db/client.ts';
import type { Gate } from './gate.ts';

type Callback = (tx: unknown) => Promise<unknown>;

/** Those of one pool. */
export class GatedDatabases {
  private readonly sql: Sql;
  private readonly idle: Lent[] = [];

  constructor(sql: Sql) {
    this.sql = sql;
  }

  lend(gate: Gate): Lent {
    const lent = this.idle.pop() ?? new Lent(this.sql);
    lent.gate = gate;
    return lent;
  }

  /** Of a worker that has ended. The handle of one that was killed is kept from everybody: its code may still try. */
  takeBack(lent: Lent): void {
    if (lent.gate?.isDead !== false) return;
    lent.gate = undefined;
    this.idle.push(lent);
  }
}

/** A handle that one worker has at a time. */
export class Lent {
  readonly db: Database;
  /** Whose it is. */
  gate: Gate | undefined;

  constructor(sql: Sql) {
    const client = new Proxy(sql, {
      get: (target, name) => {
        if (name === 'unsafe') {
          return (...args: Parameters<Sql['unsafe']>) =>
            gatedQuery(() => target.unsafe(...args), this.mustHaveGate());
        }
        if (name === 'begin') {
          return (...args: [Callback] | [string, Callback]) => {
            const gate = this.mustHaveGate();
            const run = args.at(-1) as Callback;
            // A transaction whose process dies before the commit is rolled back, even if its code forgave the error.
            const begin = () =>
              target.begin(async (tx) => {
                const result = await run(tx);
                gate.requireLife();
                return result;
              });
            return gate.toPostgres(begin);
          };
        }
        return Reflect.get(target, name) as unknown;
      },
    });
    this.db = drizzle(client);
  }

  private mustHaveGate(): Gate {
    if (this.gate === undefined) throw new Error('a worker that had ended asked the database for something');
    return this.gate;
  }
}

interface Query {
  values(): PromiseLike<unknown>;
  then: PromiseLike<unknown>['then'];
}

function gatedQuery(send: () => Query, gate: Gate): Query & { values(): Query } {
  const run = (how: (query: Query) => PromiseLike<unknown>): Query => {
    let sent: Promise<unknown> | undefined;
    const once = () => {
      sent ??= gate.toPostgres(() => how(send()));
      return sent;
    };
    return {
      values: () => run((query) => query.values()),
      // biome-ignore lint/suspicious/noThenProperty: a query is sent when it is awaited, as the driver's own.
      then: (onDone, onFail) => once().then(onDone, onFail),
    };
  };
  return run((query) => query) as Query & { values(): Query };
}
