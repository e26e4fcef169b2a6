import { connectionReport } from '../../contract/integration.ts';
import { defineRoute } from '../../define-route.ts';
import { integrationParams, requireIntegration, toRef } from '../../require-integration.ts';

const testTimeoutMs = 45_000;

export const testConnection = defineRoute({
  method: 'post',
  path: '/v1/integrations/{id}/test',
  summary: 'Test the connection',
  description:
    'Answers 200 with what works and what does not, also while the provider is down and while a sync runs. `scope:<x>` fails where the permission is missing by now and the integration needs it as it is set: the right to write only where it writes.',
  tag: 'Integrations',
  auth: 'caller',
  params: integrationParams,
  responses: { 200: { description: 'The report', schema: connectionReport } },
  handler: async ({ deps, caller, params, newId }) => {
    const row = await requireIntegration(deps, caller, params.id);
    const startedAtMs = performance.now();
    const report = await deps.arbiter.testConnection(toRef(row), newId('op'), testTimeoutMs);
    if (report !== undefined) {
      return { status: 200, body: { ...report, checks: report.checks.map((check) => ({ ...check })) } };
    }
    const noAnswer = {
      name: 'workflow',
      ok: false,
      detail: `The test had no result after ${testTimeoutMs / 1000} seconds.`,
      remedy: 'The provider or our worker is slow or away. Try again in a minute.',
    };
    return {
      status: 200,
      body: { ok: false, latencyMs: Math.round(performance.now() - startedAtMs), checks: [noAnswer] },
    };
  },
});
