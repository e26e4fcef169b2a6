/**
 * Transactions that end with their connection. The driver (postgres 3.4.9) rejects `begin` once it is lost, but goes on: its
 * rollback on a closed socket ends the process, and what the work still asks for, or its commit, goes out on the connection
 * that was opened in its place, outside of any transaction or within somebody else's.
 * https://github.com/porsager/postgres/issues/1155, https://github.com/porsager/postgres/issues/1208
 */
import type postgres from 'postgres';
import { causesOf } from './causes.ts';

type Work<T> = (tx: postgres.TransactionSql) => Promise<T>;

/** As it is, but for `begin`. */
export function endWithConnection(sql: postgres.Sql): postgres.Sql {
  const begin = async <T>(work: Work<T>): Promise<T> => {
    const transaction = { isOver: false };
    try {
      return (await sql.begin((tx) => runUnlessOver(tx, work, transaction))) as T;
    } finally {
      transaction.isOver = true;
    }
  };
  return new Proxy(sql, {
    get: (target, name) => (name === 'begin' ? begin : (Reflect.get(target, name) as unknown)),
  });
}

/** Never ends once the transaction is over: whoever waits for it has been told, and the driver has nothing left to send. */
async function runUnlessOver<T>(
  tx: postgres.TransactionSql,
  work: Work<T>,
  transaction: { isOver: boolean },
): Promise<T> {
  try {
    const result = await work(refuseOnceOver(tx, transaction));
    if (!transaction.isOver) return result;
  } catch (error) {
    if (!transaction.isOver && !isLost(error)) throw error;
  }
  return new Promise(() => {});
}

function refuseOnceOver(
  tx: postgres.TransactionSql,
  transaction: { readonly isOver: boolean },
): postgres.TransactionSql {
  const requireOpen = () => {
    if (transaction.isOver) throw new Error('The transaction is over.');
  };
  return new Proxy(tx, {
    get: (target, name) => {
      if (name === 'unsafe') requireOpen();
      return Reflect.get(target, name) as unknown;
    },
    apply: (target, self, args) => {
      requireOpen();
      return Reflect.apply(target as never, self, args) as unknown;
    },
  });
}

const codes = ['CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED', 'ECONNRESET', 'EPIPE'];

/** The server says that it ends the connection, or it has ended. */
function isLost(error: unknown): boolean {
  for (const { code, severity } of causesOf(error)) {
    if (codes.includes(String(code)) || severity === 'FATAL') return true;
  }
  return false;
}
