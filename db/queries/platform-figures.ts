/** The state of all integrations in figures, for Prometheus: by provider, never by tenant. One scan of `integrations` each. */
import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';

export interface ProviderFigures {
  readonly provider: string;
  /** Seconds since the last success ÷ interval, of those that should sync by themselves: the worst, and the mean. */
  readonly stalenessMax: number;
  readonly stalenessMean: number;
  /** How many are above 3. */
  readonly stale: number;
  /** Seconds by which the latest one is past its planned check; 0 when none is. */
  readonly scheduleLagSeconds: number;
  /** Age of the oldest push that no sync has taken up. */
  readonly pushLagSeconds: number;
}

export interface PhaseFigure {
  readonly provider: string;
  readonly phase: string;
  readonly count: number;
}

export interface QueueFigure {
  readonly provider: string;
  readonly running: number;
  readonly waiting: number;
  readonly oldestSeconds: number;
}

export async function readProviderFigures(db: Executor): Promise<readonly ProviderFigures[]> {
  return db.execute<ProviderFigures & Record<string, unknown>>(sql`
    with syncing as (
      select i.*, extract(epoch from now() - coalesce(i.last_succeeded_at, i.created_at)) / i.interval_seconds as staleness
      from integrations i where i.phase = 'active' and i.auto_sync and i.deleting_at is null)
    select s.provider, coalesce(max(s.staleness), 0)::float8 as "stalenessMax",
      coalesce(avg(s.staleness), 0)::float8 as "stalenessMean", count(*) filter (where s.staleness > 3)::int as stale,
      greatest(0, coalesce(extract(epoch from max(now() - s.next_sync_at)), 0))::float8 as "scheduleLagSeconds",
      coalesce(extract(epoch from max(now() - (
        select min(w.received_at) from webhook_inbox w where w.integration_id = s.id
          and w.received_at > coalesce(s.last_succeeded_at, s.created_at))) filter (where s.dirty)), 0)::float8
        as "pushLagSeconds"
    from syncing s group by s.provider`);
}

export async function readPhases(db: Executor): Promise<readonly PhaseFigure[]> {
  return db.execute<PhaseFigure & Record<string, unknown>>(sql`
    select provider, case when deleting_at is null then phase else 'deleting' end as phase, count(*)::int as count
    from integrations group by 1, 2`);
}

export async function readQueue(db: Executor): Promise<readonly QueueFigure[]> {
  return db.execute<QueueFigure & Record<string, unknown>>(sql`
    select i.provider, count(*) filter (where r.generation is not null)::int as running,
      count(*) filter (where r.generation is null)::int as waiting,
      coalesce(extract(epoch from max(now() - r.started_at)), 0)::float8 as "oldestSeconds"
    from runs r join integrations i on i.id = r.integration_id where r.status = 'running' group by 1`);
}
