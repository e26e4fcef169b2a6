/** The demo's lines and its table. */
import Table from 'cli-table3';
import pc from 'picocolors';

export interface Result {
  readonly provider: string;
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly ok: boolean;
  readonly ms: number;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export function describeResult({ provider, what, expected, found, ok, ms }: Result): string {
  const mark = ok ? pc.green('✓') : pc.red('✗');
  const wanted = ok ? '' : pc.red(` (expected: ${expected})`);
  return `${mark} ${provider.padEnd(16)} ${what.padEnd(31)} ${seconds(ms).padStart(6)}  ${found}${wanted}`;
}

/** Texts are wrapped by the column, so that the table fits a terminal of 120. */
export function drawTable(results: readonly Result[]): string {
  const table = new Table({
    head: ['provider', 'what', 'expected', 'found', 'time'],
    colWidths: [17, 21, 32, 32, 9],
    colAligns: ['left', 'left', 'left', 'left', 'right'],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { provider, what, expected, found, ok, ms } of results) {
    const mark = ok ? pc.green('✓') : pc.red('✗');
    table.push([provider, `${mark} ${what}`, expected, found, seconds(ms)]);
  }
  return table.toString();
}
