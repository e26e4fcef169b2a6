/** A database handle that passes the gate: each transaction once, when it commits, and each statement outside of one. */
import { drizzle } from 'drizzle-orm/postgres-js';
import type { Sql } from 'postgres';
import type { Database } from '../../db/client.ts';
import type { Gate } from './gate.ts';

type Callback = (tx: unknown) => Promise<unknown>;

export function openGatedDatabase(sql: Sql, gate: Gate): Database {
  const client = new Proxy(sql, {
    get(target, name) {
      if (name === 'unsafe') {
        return (...args: Parameters<Sql['unsafe']>) => gatedQuery(() => target.unsafe(...args), gate);
      }
      if (name === 'begin') {
        return (...args: [Callback] | [string, Callback]) => {
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
  return drizzle(client);
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
