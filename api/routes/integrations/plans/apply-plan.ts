import { startApplyingPlan } from '../../../../db/queries/apply-contact-plan.ts';
import { recordAudit } from '../../../../db/queries/audit.ts';
import { findPlan } from '../../../../db/queries/contact-plans.ts';
import { transact } from '../../../../db/transact.ts';
import { requireDecisions } from '../../../check-decisions.ts';
import { appliedPlan, applyPlan as requestBody } from '../../../contract/plan.ts';
import { defineRoute } from '../../../define-route.ts';
import { presentPlan } from '../../../present-plan.ts';
import { notFound, ProblemError } from '../../../problem.ts';
import { requireSignedIn } from '../../../refusal.ts';
import { requestSyncIfPossible } from '../../../request-sync.ts';
import { requireIntegration, toRef } from '../../../require-integration.ts';
import { tellPlanners } from '../../../tell-planners.ts';
import { planParams } from './plan-params.ts';

export const applyPlan = defineRoute({
  method: 'post',
  path: '/v1/integrations/{id}/plans/{planId}/apply',
  summary: 'Carry out a plan that is still true',
  description:
    'Where either side has changed since the plan was made it is stale: nothing is done, and a new plan is needed. Decisions name ids of one group of its `review`, each id once; else the answer is 422. Once accepted it holds, also where the workflow engine does not answer: the next run carries it out.',
  tag: 'Plans',
  auth: 'caller',
  params: planParams,
  body: requestBody,
  responses: { 202: { description: 'Accepted; follow the run, or the plan', schema: appliedPlan } },
  problems: [409, 422],
  handler: async ({ deps, caller, params, body, newId }) => {
    const { planId } = params;
    const integration = await requireIntegration(deps, caller, params.id);
    requireSignedIn(integration);
    const before = await findPlan(deps.db, planId);
    if (before?.integrationId !== integration.id) throw notFound('plan');
    // Any other one is refused whatever is decided.
    if (before.status === 'ready') requireDecisions(before, body.decisions);
    const { id: integrationId, userId, workspaceId } = integration;
    const runId = newId('run');
    const { outcome, noted } = await transact(deps.db, async (tx) => {
      const { decisions } = body;
      const started = await startApplyingPlan(tx, { integrationId, userId, planId, decisions, runId });
      if (started.outcome === 'applying') {
        const details = { planId, reason: before.reason, syncDirection: before.syncDirection };
        const target = integrationId;
        await recordAudit(tx, { workspaceId, actor: caller.actor, action: 'plan.apply', target, details });
      }
      return started;
    });
    if (outcome !== 'applying') throw refusalOf(outcome, before.status);
    await deps.arbiter
      .announceSettings(toRef(integration))
      .catch((err) => deps.logger.warn({ err, integrationId }, 'settings not announced'));
    // This one carries it out with the run below; what it feeds together with others concerns them, too.
    tellPlanners(
      deps,
      integration,
      noted.filter((id) => id !== integrationId),
    );
    const current = await requireIntegration(deps, caller, params.id);
    const sync = await requestSyncIfPossible(deps, current, {
      mode: 'incremental',
      trigger: 'plan',
      newId: (prefix) => (prefix === 'run' ? runId : newId(prefix)),
    });
    const after = await findPlan(deps.db, planId);
    if (after === undefined) throw notFound('plan');
    return { status: 202, body: { plan: await presentPlan(deps.db, current, after), ...sync } };
  },
});

function refusalOf(application: 'stale' | 'not_ready', status: string): ProblemError {
  if (application === 'stale' || status === 'stale') {
    return new ProblemError('plan_stale', {
      detail: 'Contacts, lists or settings have changed since this plan was made. Nothing was done.',
      remedy: 'Make a new plan (POST /v1/integrations/{id}/plan), look at it, and apply that one.',
    });
  }
  return new ProblemError('conflict', {
    detail: `This plan is ${status}; only one that is ready can be applied.`,
    remedy: remedies[status] ?? 'Make a new plan.',
  });
}

const remedies: Readonly<Record<string, string>> = {
  computing: 'Wait until it is ready.',
  applying: 'Nothing to do: it is being carried out. Look at it again to see it applied.',
};
