/** Whether `npm run test:histories` played anything: vitest calls a run passed also where no title has what was asked for. */

/** The part of vitest's JSON report that is read. */
export interface PlayReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
    }[];
  }[];
}

/** What a person is told where nothing was played, with the kinds that there are; undefined where something was. */
export function sayNothingPlayed(report: PlayReport, only: string | undefined): string | undefined {
  if (report.numPassedTests + report.numFailedTests > 0) return undefined;
  const titles = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .map(({ ancestorTitles: [kind], title }) => kind ?? title);
  const asked = only === undefined ? '' : `: no history has "${only}" in its title`;
  const kinds = [...new Set(titles)].map((title) => `\n  ${title}`).join('');
  return `Nothing was played${asked}.${kinds === '' ? '' : ` There are:${kinds}`}`;
}
