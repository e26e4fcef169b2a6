/** Figures about all integrations, read from Postgres when they are asked for, at most every few seconds. */
import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../db/client.ts';
import { readPhases, readProviderFigures, readQueue } from '../db/queries/platform-figures.ts';
import type { Logger } from '../platform/logger.ts';

/** Several scrapers, or a curious stranger, cost one look at the tables in this time. */
const keptMs = 5_000;

/** Returns what brings the gauges up to date. While Postgres is away they are left out and `harmony_figures_up` is 0. */
export function registerPlatformMetrics(registry: Registry, db: Database, logger: Logger) {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge<Label>({ name, help, labelNames: [...labelNames], registers: [registry] });
  const up = gauge('harmony_figures_up', '1 when the figures about integrations could be read.', []);
  const worst = gauge('harmony_staleness_ratio_max', 'Seconds since success ÷ interval: the worst.', [
    'provider',
  ]);
  const mean = gauge('harmony_staleness_ratio_mean', 'Seconds since success ÷ interval: the mean.', [
    'provider',
  ]);
  const stale = gauge('harmony_stale_integrations', 'Integrations with a staleness above 3.', ['provider']);
  const lag = gauge('harmony_schedule_lag_seconds', 'How far the latest check is past its time.', [
    'provider',
  ]);
  const push = gauge('harmony_webhook_lag_seconds', 'Age of the oldest push that no sync took up.', [
    'provider',
  ]);
  const phases = gauge('harmony_integrations', 'Integrations by phase.', ['provider', 'phase']);
  const open = gauge('harmony_open_runs', 'Runs under way, and those that wait their turn.', [
    'provider',
    'state',
  ]);
  const oldest = gauge('harmony_oldest_open_run_seconds', 'Age of the oldest open run.', ['provider']);
  const all = [worst, mean, stale, lag, push, phases, open, oldest];

  const read = async (): Promise<void> => {
    const [figures, byPhase, queue] = await Promise.all([
      readProviderFigures(db),
      readPhases(db),
      readQueue(db),
    ]);
    for (const one of all) one.reset();
    for (const { provider, ...of } of figures) {
      worst.set({ provider }, of.stalenessMax);
      mean.set({ provider }, of.stalenessMean);
      stale.set({ provider }, of.stale);
      lag.set({ provider }, of.scheduleLagSeconds);
      push.set({ provider }, of.pushLagSeconds);
    }
    for (const { provider, phase, count } of byPhase) phases.set({ provider, phase }, count);
    for (const { provider, running, waiting, oldestSeconds } of queue) {
      open.set({ provider, state: 'running' }, running);
      open.set({ provider, state: 'waiting' }, waiting);
      oldest.set({ provider }, oldestSeconds);
    }
    up.set(1);
  };
  let last: { readonly atMs: number; readonly done: Promise<void> } | undefined;
  return (): Promise<void> => {
    if (last === undefined || Date.now() - last.atMs > keptMs) {
      const done = read().catch((err: unknown) => {
        logger.warn({ err }, 'figures about integrations could not be read');
        for (const one of all) one.reset();
        up.set(0);
      });
      last = { atMs: Date.now(), done };
    }
    return last.done;
  };
}
