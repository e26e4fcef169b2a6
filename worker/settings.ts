/** What only the worker reads from the environment, beside platform/config.ts; see .env.example. */
import { z } from 'zod';
import type { Retention } from '../activities/deps.ts';
import { type Environment, parseEnvironment } from '../platform/environment.ts';

const schema = z.object({
  WORKER_METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  WORKER_METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
});

/** Where the worker serves its figures; undefined: it does not. Throws when a variable is wrong. */
export function readMetricsSettings(
  env: Environment,
): { readonly host: string; readonly port: number } | undefined {
  const { WORKER_METRICS_HOST: host, WORKER_METRICS_PORT: port } = parseEnvironment(schema, env);
  return port === undefined ? undefined : { host, port };
}

const days = (fallback: number, least = 1) => z.coerce.number().min(least).default(fallback);
const retentionSchema = z.object({
  HARMONY_KEEP_RUNS_DAYS: days(90),
  HARMONY_KEEP_EVENTS_DAYS: days(1, 0.04),
  // Shorter, and a delivery that a provider repeats would count as new.
  HARMONY_KEEP_INBOX_DAYS: days(7),
  HARMONY_KEEP_HIDDEN_DAYS: days(30),
  // Shorter, and a contact that was deleted could come back from a late listing.
  HARMONY_KEEP_TOMBSTONES_DAYS: days(90, 30),
});
const dayMs = 24 * 60 * 60 * 1000;

/** How long things are kept. Throws when a variable is wrong. */
export function readRetention(env: Environment): Retention {
  const kept = parseEnvironment(retentionSchema, env);
  return {
    runsMs: kept.HARMONY_KEEP_RUNS_DAYS * dayMs,
    eventsMs: kept.HARMONY_KEEP_EVENTS_DAYS * dayMs,
    inboxMs: kept.HARMONY_KEEP_INBOX_DAYS * dayMs,
    hiddenMs: kept.HARMONY_KEEP_HIDDEN_DAYS * dayMs,
    tombstonesMs: kept.HARMONY_KEEP_TOMBSTONES_DAYS * dayMs,
  };
}

const graceSchema = z.object({
  // Shorter, and a contact that a listing does not show yet is made a second time; longer than half a day, and it meets the
  // day after which nothing lags.
  HARMONY_READ_LAG_MINUTES: z.coerce.number().min(15).max(720).default(15),
});

/** How long a provider's reads may lag its writes, in milliseconds. Throws when the variable is wrong. */
export function readGraceMs(env: Environment): number {
  return parseEnvironment(graceSchema, env).HARMONY_READ_LAG_MINUTES * 60 * 1000;
}
