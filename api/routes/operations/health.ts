import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { defineRoute } from '../../define-route.ts';
import type { ApiDeps } from '../../deps.ts';
import { isDatabaseFull } from '../../middleware/answer-problem.ts';

const checkTimeoutMs = 2_000;
const status = z.object({ status: z.literal('ok') });
const readiness = z.object({
  status: z.enum(['ok', 'unavailable']),
  checks: z.object({ database: z.boolean(), temporal: z.boolean() }),
  reason: z.string().optional(),
});

export const getHealth = defineRoute({
  method: 'get',
  path: '/healthz',
  summary: 'The process is alive',
  tag: 'Operations',
  auth: 'public',
  responses: { 200: { description: 'Alive', schema: status } },
  handler: async () => ({ status: 200, body: { status: 'ok' as const } }),
});

export const getReadiness = defineRoute({
  method: 'get',
  path: '/readyz',
  summary: 'The database answers and can be written, and the workflow engine answers',
  tag: 'Operations',
  auth: 'public',
  responses: {
    200: { description: 'Ready', schema: readiness },
    503: { description: 'Not ready', schema: readiness },
  },
  handler: async ({ deps }) => {
    const [databaseReason, temporalReason] = await Promise.all([
      tryDatabase(deps),
      reasonOf(deps.arbiter.ping(checkTimeoutMs), () => 'Temporal does not answer.'),
    ]);
    const checks = { database: databaseReason === undefined, temporal: temporalReason === undefined };
    const reasons = [databaseReason, temporalReason].filter((reason) => reason !== undefined);
    return reasons.length === 0
      ? { status: 200, body: { status: 'ok' as const, checks } }
      : { status: 503, body: { status: 'unavailable' as const, checks, reason: reasons.join(' ') } };
  },
});

/** Anybody may ask: within this time all get the same answer. */
const tryEveryMs = 1_000;
const lastTries = new WeakMap<ApiDeps['db'], { atMs: number; reason: Promise<string | undefined> }>();

/** Why the database can't be used; undefined when it can. */
function tryDatabase({ db }: ApiDeps): Promise<string | undefined> {
  const last = lastTries.get(db);
  if (last !== undefined && Date.now() - last.atMs < tryEveryMs) return last.reason;
  const reason = reasonOf(inTime(takeRoom(db)), (error) =>
    isDatabaseFull(error)
      ? 'The database takes nothing in: its disk is full or it is read-only.'
      : 'The database does not answer.',
  );
  lastTries.set(db, { atMs: Date.now(), reason });
  return reason;
}

/** Some 350 KiB on disk, given back at once: a database whose disk is full answers every question but this one. */
const takeRoom = (db: ApiDeps['db']): Promise<unknown> =>
  db.execute(sql`
    create temporary table harmony_room on commit drop as select n from generate_series(1, 10000) as n`);

async function inTime(asked: Promise<unknown>): Promise<void> {
  const timeout = AbortSignal.timeout(checkTimeoutMs);
  const tooLate = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () => reject(new Error('no answer in time')));
  });
  await Promise.race([asked, tooLate]);
}

const reasonOf = (
  call: Promise<unknown>,
  describe: (error: unknown) => string,
): Promise<string | undefined> => call.then(() => undefined, describe);
