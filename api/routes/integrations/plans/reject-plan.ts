import { rejectPlan as reject } from '../../../../db/queries/apply-contact-plan.ts';
import { recordAudit } from '../../../../db/queries/audit.ts';
import { findPlan } from '../../../../db/queries/contact-plans.ts';
import { transact } from '../../../../db/transact.ts';
import { plan } from '../../../contract/plan.ts';
import { defineRoute } from '../../../define-route.ts';
import { presentPlan } from '../../../present-plan.ts';
import { notFound, ProblemError } from '../../../problem.ts';
import { requireIntegration, toRef } from '../../../require-integration.ts';
import { planParams } from './plan-params.ts';

export const rejectPlan = defineRoute({
  method: 'post',
  path: '/v1/integrations/{id}/plans/{planId}/reject',
  summary: 'Decide against a plan',
  description:
    'The direction and the mappings that wait for it are taken back: syncDirection is the approved one again, and the next change of mappings begins from those in force. No side loses a contact. After a parked run, contacts that are gone at the provider stay in Harmony without their link and go to no provider by themselves, those archived in Harmony come back, and the integration syncs on.',
  tag: 'Plans',
  auth: 'caller',
  params: planParams,
  responses: { 200: { description: 'The plan', schema: plan } },
  problems: [409],
  handler: async ({ deps, caller, params }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    const row = await findPlan(deps.db, params.planId);
    if (row?.integrationId !== integration.id) throw notFound('plan');
    const isRejected = await transact(deps.db, async (tx) => {
      if (!(await reject(tx, row.id))) return false;
      const { workspaceId, id: target } = integration;
      const details = { planId: row.id };
      await recordAudit(tx, { workspaceId, actor: caller.actor, action: 'plan.reject', target, details });
      return true;
    });
    await deps.arbiter
      .announceSettings(toRef(integration))
      .catch((err) => deps.logger.warn({ err, integrationId: integration.id }, 'settings not announced'));
    const after = await findPlan(deps.db, row.id);
    if (after === undefined) throw notFound('plan');
    if (!isRejected && after.status !== 'rejected') {
      throw new ProblemError('conflict', {
        detail: `This plan is ${after.status} already.`,
        remedy: 'Undo its run instead, if it has to be taken back.',
      });
    }
    return { status: 200, body: await presentPlan(deps.db, integration, after) };
  },
});
