import Table from 'cli-table3';

/** One line of the report; figures carry their units. */
export interface Row {
  readonly what: string;
  readonly size: string;
  readonly ours: string;
  readonly floor?: string;
  /** ours ÷ floor in records per second: 1 is as fast as the bare minimum. */
  readonly ratio?: number;
  readonly notes?: string;
}

export function printReport(rows: readonly Row[]): void {
  const table = new Table({
    head: ['what', 'size', 'Harmony', 'floor', 'ratio', 'notes'],
    style: { head: [] },
  });
  for (const row of rows) {
    table.push([row.what, row.size, row.ours, row.floor ?? '', row.ratio?.toFixed(2) ?? '', row.notes ?? '']);
  }
  console.log(table.toString());
}

export const perSecond = (records: number, ms: number): string => `${Math.round((records / ms) * 1000)}/s`;

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** How long a run took by its own clock: like the floor's, it does not have the signing in. */
export function runMs(run: { readonly startedAt: string; readonly finishedAt?: string }): number {
  if (run.finishedAt === undefined) throw new Error('the run has not ended');
  return Date.parse(run.finishedAt) - Date.parse(run.startedAt);
}
