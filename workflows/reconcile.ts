import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { CoreActivities } from '../activities/index.ts';

const { reconcile: compare } = proxyActivities<CoreActivities>({
  startToCloseTimeout: '4 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { maximumAttempts: 3 },
});

/**
 * Every five minutes: starts the workflows that Postgres says should run and that don't, ends runs and writes that nothing
 * carries out, reports what is overdue.
 */
export async function reconcile() {
  const report = await compare();
  setCurrentDetails(
    `${report.checked} checked, ${report.started.length} started, ${report.overdue.length} overdue ${report.overdue.slice(0, 20).join(' ')}, ${report.lostRuns?.length ?? 0} lost runs and ${report.lostWrites?.length ?? 0} lost writes ended`,
  );
  return report;
}
