/** The environment of API and worker, read once and checked; see .env.example for each variable. */
import { z } from 'zod';
import { type Environment, parseEnvironment } from './environment.ts';

const configSchema = z.object({
  DATABASE_URL: z.string().min(1),
  HARMONY_ENCRYPTION_KEYS: z.string().min(1),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HARMONY_PUBLIC_URL: z.url().optional(),
  TEMPORAL_UI_URL: z.url().default('http://localhost:8233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  SANDBOX_URL: z.url().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export interface Config {
  readonly databaseUrl: string;
  readonly encryptionKeys: string;
  readonly port: number;
  /** Where browsers and providers reach us; no trailing slash. */
  readonly publicUrl: string;
  readonly temporalUiUrl: string;
  readonly temporalNamespace: string;
  readonly sandboxUrl: string | undefined;
  readonly logLevel: string;
}

/** Throws one error that names every variable that is missing or wrong. */
export function readConfig(env: Environment): Config {
  const value = parseEnvironment(configSchema, env);
  return {
    databaseUrl: value.DATABASE_URL,
    encryptionKeys: value.HARMONY_ENCRYPTION_KEYS,
    port: value.PORT,
    publicUrl: (value.HARMONY_PUBLIC_URL ?? `http://localhost:${value.PORT}`).replace(/\/+$/, ''),
    temporalUiUrl: value.TEMPORAL_UI_URL.replace(/\/+$/, ''),
    temporalNamespace: value.TEMPORAL_NAMESPACE,
    sandboxUrl: value.SANDBOX_URL?.replace(/\/+$/, ''),
    logLevel: value.LOG_LEVEL,
  };
}
