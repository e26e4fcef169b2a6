/**
 * The stand-in providers as a process. SANDBOX_PORT (4010; 0 takes a free one), SANDBOX_HOST (127.0.0.1),
 * SANDBOX_STATE_DIR (memory only without it), SANDBOX_SETTINGS (JSON per provider), SANDBOX_CONSENT (ask, allow, deny).
 */
import { z } from 'zod';
import { startSandbox } from './server.ts';

const environment = z
  .object({
    SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
    SANDBOX_HOST: z.string().default('127.0.0.1'),
    SANDBOX_STATE_DIR: z.string().optional(),
    SANDBOX_SETTINGS: z
      .string()
      .transform((text) => JSON.parse(text) as Record<string, Record<string, unknown>>)
      .optional(),
    SANDBOX_CONSENT: z.enum(['ask', 'allow', 'deny']).default('ask'),
  })
  .parse(process.env);

const sandbox = await startSandbox({
  port: environment.SANDBOX_PORT,
  host: environment.SANDBOX_HOST,
  consent: { mode: environment.SANDBOX_CONSENT },
  ...(environment.SANDBOX_STATE_DIR && { stateDir: environment.SANDBOX_STATE_DIR }),
  ...(environment.SANDBOX_SETTINGS && { settings: environment.SANDBOX_SETTINGS }),
});
console.log(`stand-in providers at ${sandbox.url}`);
process.send?.({ url: sandbox.url });

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await sandbox.close();
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
process.on('disconnect', stop);
