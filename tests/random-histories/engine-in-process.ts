/** For every test file of histories: workflow code that runs here, without a server, and nothing that goes at its own pace. */
import { vi } from 'vitest';

vi.mock('@temporalio/workflow', async (original) => ({
  ...(await original<object>()),
  ...(await import('./workflow-runtime.ts')).workflowShim,
}));
// A lease that its holder left behind ends by the time that histories have.
vi.mock('node:timers/promises', async (original) => ({
  ...(await original<object>()),
  setTimeout: (await import('./workflow-runtime.ts')).pause,
}));
// Search follows rows at its own pace, which no seed could repeat.
vi.mock('../../activities/search/index-soon.ts', () => ({ indexSoon: () => {} }));
