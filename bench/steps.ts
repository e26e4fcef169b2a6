/** What each provider's bench does around the thing that it measures. */
import postgres from 'postgres';
import type { Driver, RunView } from '../dev/drive.ts';
import type { Running } from '../dev/running-file.ts';

/** Throws where a sync did not end well: its time would mean nothing. */
export function requireSuccess(run: RunView): void {
  if (run.status !== 'succeeded') throw new Error(`a sync ended ${run.status}: ${JSON.stringify(run.error)}`);
}

export interface Timed<T> {
  readonly value: T;
  readonly ms: number;
  /** RFC 3339; what the stand-in was asked is counted from here. */
  readonly startedAt: string;
}

export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const startedAt = new Date().toISOString();
  const startMs = performance.now();
  const value = await work();
  return { value, ms: Math.round(performance.now() - startMs), startedAt };
}

/** Paths of the calls that a provider's stand-in was asked since a time. */
export async function pathsSince(driver: Driver, provider: string, since: string): Promise<string[]> {
  const { data } = await driver.control<{ data: { path: string }[] }>(
    'GET',
    `/requests?provider=${provider}&limit=100000&since=${encodeURIComponent(since)}`,
  );
  return data.map(({ path }) => path);
}

interface Stage {
  readonly driver: Driver;
  readonly stack: { readonly running: Pick<Running, 'databaseUrl'> };
}

/** Waits for the purge too, so that it does not run into what is measured next. */
export async function removeAndWait({ driver, stack }: Stage, id: string): Promise<void> {
  await driver.remove(id);
  const sql = postgres(stack.running.databaseUrl, { max: 1 });
  while ((await sql`select 1 from integrations where id = ${id}`).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 100));
  await sql.end();
}
