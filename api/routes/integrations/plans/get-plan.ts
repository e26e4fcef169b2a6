import { findPlan } from '../../../../db/queries/contact-plans.ts';
import { plan } from '../../../contract/plan.ts';
import { defineRoute } from '../../../define-route.ts';
import { presentPlan } from '../../../present-plan.ts';
import { notFound } from '../../../problem.ts';
import { requireIntegration } from '../../../require-integration.ts';
import { planParams } from './plan-params.ts';

export const getPlan = defineRoute({
  method: 'get',
  path: '/v1/integrations/{id}/plans/{planId}',
  summary: 'One plan: counts and samples of each side, and what it leaves to you',
  tag: 'Plans',
  auth: 'caller',
  params: planParams,
  responses: { 200: { description: 'The plan', schema: plan } },
  handler: async ({ deps, caller, params }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    const row = await findPlan(deps.db, params.planId);
    if (row?.integrationId !== integration.id) throw notFound('plan');
    return { status: 200, body: await presentPlan(deps.db, integration, row) };
  },
});
