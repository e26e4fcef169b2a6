/** The demo's lines and its table. */
import { styleText } from 'node:util';
import Table from 'cli-table3';

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
  const mark = ok ? styleText('green', '✓') : styleText('red', '✗');
  const wanted = ok ? '' : styleText('red', ` (expected: ${expected})`);
  return `${mark} ${provider.padEnd(16)} ${what.padEnd(17)} ${seconds(ms).padStart(6)}  ${found}${wanted}`;
}

const narrowest = 100;
const unknownWidth = 120;
/** Provider, step and time; with the borders, what is not left to the two texts. */
const fixedWidths = { provider: 17, what: 20, time: 8, borders: 6 };

/** As wide as the terminal, one line per step where the texts fit. */
export function drawTable(results: readonly Result[]): string {
  const { provider: providerWidth, what: whatWidth, time: timeWidth, borders } = fixedWidths;
  const width = Math.min(160, Math.max(narrowest, process.stdout.columns ?? unknownWidth));
  const textWidth = Math.floor((width - providerWidth - whatWidth - timeWidth - borders) / 2);
  const table = new Table({
    head: ['provider', 'what', 'expected', 'found', 'time'],
    colWidths: [providerWidth, whatWidth, textWidth, textWidth, timeWidth],
    colAligns: ['left', 'left', 'left', 'left', 'right'],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { provider, what, expected, found, ok, ms } of results) {
    const mark = ok ? styleText('green', '✓') : styleText('red', '✗');
    table.push([provider, `${mark} ${what}`, expected, found, seconds(ms)]);
  }
  return table.toString();
}
