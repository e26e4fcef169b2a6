import { readProviderFigures } from '../../../db/queries/platform-figures.ts';
import { readSupportFacts } from '../../../db/queries/support-facts.ts';
import { integrationWorkflowId } from '../../../workflows/messages.ts';
import { supportBundle } from '../../contract/support-bundle.ts';
import { defineRoute } from '../../define-route.ts';
import { integrationParams, requireIntegration } from '../../require-integration.ts';

/** Of the newest runs; the others have ended long ago. */
const describedRuns = 3;

export const getSupportBundle = defineRoute({
  method: 'get',
  path: '/v1/integrations/{id}/support-bundle',
  summary: 'Everything that helps to find a fault, and nothing that is private',
  description:
    'Settings, runs, events, ages of cursors, pauses and states of workflows, to be attached to a request for help. ' +
    'It holds no token, no name, no address, no id of a record or of the provider, and no text of a record.',
  tag: 'Integrations',
  auth: 'caller',
  params: integrationParams,
  responses: { 200: { description: 'The bundle', schema: supportBundle } },
  handler: async ({ deps, caller, params }) => {
    const { id } = await requireIntegration(deps, caller, params.id);
    const facts = await readSupportFacts(deps.db, id);
    const runIds = facts.runs.slice(0, describedRuns).map(({ workflowId }) => String(workflowId));
    const [figures, workflows] = await Promise.all([
      readProviderFigures(deps.db),
      // A bundle is asked for when something is broken.
      deps.arbiter.describe([integrationWorkflowId(id), ...runIds]).catch(() => null),
    ]);
    return {
      status: 200,
      body: {
        generatedAt: new Date().toISOString(),
        ...facts,
        figures: figures.map((figure) => ({ ...figure })),
        workflows,
      },
    };
  },
});
