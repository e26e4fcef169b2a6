import { findNewestMappings } from '../../../../db/queries/contact-mappings.ts';
import { findOpenPlan, findPlan, insertPlan, notePlanFailed } from '../../../../db/queries/contact-plans.ts';
import type { IntegrationRow } from '../../../../db/queries/integrations-read.ts';
import type { PlanReason, SyncDirection } from '../../../../db/schema/index.ts';
import { plan, createPlan as requestBody } from '../../../contract/plan.ts';
import { defineRoute } from '../../../define-route.ts';
import type { ApiDeps } from '../../../deps.ts';
import { presentPlan } from '../../../present-plan.ts';
import { requireSignedIn } from '../../../refusal.ts';
import { requireContactProvider } from '../../../require-contact-provider.ts';
import { integrationParams, requireIntegration, toRef } from '../../../require-integration.ts';

export const createPlan = defineRoute({
  method: 'post',
  path: '/v1/integrations/{id}/plan',
  summary: 'See what a change would do before it is done',
  description:
    'For a first two-way sync, a change of direction or of mappings, or a run that was parked. Computed from what is synced already, without a download; read it until its status is ready; from then on older plans are stale. Nothing is written on either side.',
  tag: 'Plans',
  auth: 'caller',
  params: integrationParams,
  body: requestBody,
  responses: { 202: { description: 'The plan, which is being computed', schema: plan } },
  problems: [409, 422],
  handler: async ({ deps, caller, params, body, newId }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    requireContactProvider(deps, integration);
    requireSignedIn(integration);
    const subject = await subjectOf(deps, integration, body.syncDirection);
    const id = newId('pln');
    await insertPlan(deps.db, { id, integrationId: integration.id, status: 'computing', ...subject });
    await deps.arbiter.computePlan(toRef(integration), id).catch(async (error: unknown) => {
      await notePlanFailed(deps.db, id, engineAway);
      throw error;
    });
    const row = await findPlan(deps.db, id);
    if (row === undefined) throw new Error('The plan that was just stored is not there.');
    return { status: 202, body: await presentPlan(deps.db, integration, row) };
  },
});

/** For whoever reads the plan later: the request itself was refused. */
const engineAway =
  'Nothing was compared, since the workflow engine did not answer. Make the plan again in a minute.';

/** What the plan is about: what was asked for, else what is pending. */
async function subjectOf(
  deps: ApiDeps,
  integration: IntegrationRow,
  asked: SyncDirection | undefined,
): Promise<{ reason: PlanReason; syncDirection: SyncDirection; mappingVersion: number; runId?: string }> {
  const approved = integration.approvedDirection ?? 'from_provider';
  const syncDirection = asked ?? integration.syncDirection ?? approved;
  // The newest version: the one in force, or one that waits for this very plan.
  const mappingVersion = (await findNewestMappings(deps.db, integration.id))?.version ?? 1;
  if (syncDirection !== approved) {
    return {
      reason: approved === 'from_provider' ? 'first_two_way' : 'direction',
      syncDirection,
      mappingVersion,
    };
  }
  if (integration.phase === 'parked') {
    const runId = (await findOpenPlan(deps.db, integration.id))?.runId ?? undefined;
    return { reason: 'parked_run', syncDirection, mappingVersion, ...(runId === undefined ? {} : { runId }) };
  }
  return { reason: 'mapping', syncDirection, mappingVersion };
}
