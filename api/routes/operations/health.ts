import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { defineRoute } from '../../define-route.ts';
import type { ApiDeps } from '../../deps.ts';

const checkTimeoutMs = 2_000;
const status = z.object({ status: z.literal('ok') });
const readiness = z.object({
  status: z.enum(['ok', 'unavailable']),
  checks: z.object({ database: z.boolean(), temporal: z.boolean() }),
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
    const [database, temporal] = await Promise.all([
      answers(pingDatabase(deps)),
      answers(deps.arbiter.ping(checkTimeoutMs)),
    ]);
    const checks = { database, temporal };
    return database && temporal
      ? { status: 200, body: { status: 'ok' as const, checks } }
      : { status: 503, body: { status: 'unavailable' as const, checks } };
  },
});

async function pingDatabase({ db }: ApiDeps): Promise<void> {
  const timeout = AbortSignal.timeout(checkTimeoutMs);
  const tooLate = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () => reject(new Error('no answer in time')));
  });
  const asked = db.execute<{ readOnly: string }>(
    sql`select current_setting('transaction_read_only') as "readOnly"`,
  );
  const [row] = await Promise.race([asked, tooLate]);
  if (row?.readOnly !== 'off') throw new Error('the database is read-only');
}

const answers = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );
