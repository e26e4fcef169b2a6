/** Transactions that run again where Postgres ended them for the sake of another one. */
import { setTimeout } from 'node:timers/promises';
import { causesOf } from './causes.ts';
import type { Database, Transaction } from './client.ts';

const serializationFailure = '40001';
const deadlockDetected = '40P01';
const mostAttempts = 3;
const longestPauseMs = 50;

/**
 * As `db.transaction`, run again from its beginning, three times at most in all, after a deadlock or a serialization
 * failure. So `work` must change nothing but what the transaction takes back.
 */
export const transact = <T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  againWhereItGaveWay(() => db.transaction(work));

/** The same for what makes its transaction itself. */
export async function againWhereItGaveWay<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === mostAttempts || !gaveWay(error)) throw error;
      // Those that met are not to meet again.
      await setTimeout(Math.random() * longestPauseMs * attempt);
    }
  }
}

function gaveWay(error: unknown): boolean {
  for (const { code } of causesOf(error)) {
    if (code === serializationFailure || code === deadlockDetected) return true;
  }
  return false;
}
