/** The quiet before and after the faults. */
import { connections, type FaultWorld } from './world.ts';

/** Makes the stand-ins as new, whatever the run before left in them: small, so that a run is about what happens and not about how much. */
export async function resetWorld(world: FaultWorld, seed: number): Promise<void> {
  const shape = { contacts: 60, calendars: 3, eventsPerCalendar: 20, linearIssues: 40, notionPages: 30 };
  await world.control('POST', '/reset', { seed, ...shape });
  await world.control('POST', '/consent', { mode: 'allow' });
  // The stand-in's own limits are tried elsewhere: here they would only make runs slow.
  const notion = { connectionLimitRequests: 0, workspaceLimitRequests: 0, searchDelayMs: 0 };
  await world.control('PATCH', '/settings', { notion });
}

/** No fault is left and every process runs. */
export async function endFaults(world: FaultWorld): Promise<void> {
  for (const pid of Object.values(world.stack.running.pids)) {
    try {
      if (pid !== null) process.kill(pid, 'SIGCONT');
    } catch {
      // It died meanwhile, and another takes its place.
    }
  }
  for (const name of ['postgres', 'temporal', 'sandbox', 'worker', 'api'] as const) {
    await world.stack.ready(name);
  }
  // One that was open when PostgreSQL was killed fails with the next statement.
  const used = Array.from({ length: connections }, () => world.sql`select pg_sleep(0.1)`);
  await Promise.allSettled(used);
  world.bePatient();
  await world.control('DELETE', '/faults');
  await world.control('POST', '/pushes', { mode: 'deliver' });
  for (const provider of ['google', 'linear', 'notion']) {
    await world.control('POST', '/lag', { provider, ms: 0 });
  }
}
