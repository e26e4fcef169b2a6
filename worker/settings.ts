/** What only the worker reads from the environment, beside platform/config.ts; see .env.example. */
import { z } from 'zod';

const schema = z.object({
  WORKER_METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  WORKER_METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
});

/** Where the worker serves its figures; undefined: it does not. Throws when a variable is wrong. */
export function readMetricsSettings(
  env: Readonly<Record<string, string | undefined>>,
): { readonly host: string; readonly port: number } | undefined {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const { WORKER_METRICS_HOST: host, WORKER_METRICS_PORT: port } = schema.parse(given);
  return port === undefined ? undefined : { host, port };
}
