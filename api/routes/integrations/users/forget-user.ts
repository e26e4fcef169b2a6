import { z } from 'zod';
import { recordAudit } from '../../../../db/queries/audit.ts';
import { forgetChoice } from '../../../../db/queries/people.ts';
import { findPerson } from '../../../../db/queries/people-read.ts';
import { externalUser } from '../../../contract/external-user.ts';
import { defineRoute } from '../../../define-route.ts';
import { presentExternalUser } from '../../../present-task.ts';
import { notFound } from '../../../problem.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';

export const forgetUser = defineRoute({
  method: 'delete',
  path: '/v1/integrations/{id}/users/{externalUserId}',
  summary: 'Take a mapping back',
  description: 'The person counts as unmapped again; the next Sync Users may match them by e-mail.',
  tag: 'Users',
  auth: 'caller',
  params: integrationParams.extend({ externalUserId: z.string().min(1).max(200) }),
  responses: { 200: { description: 'The person', schema: externalUser } },
  handler: async ({ deps, caller, params }) => {
    const { id: integrationId } = await requireIntegration(deps, caller, params.id);
    const { externalUserId: remoteId } = params;
    if ((await findPerson(deps.db, integrationId, remoteId)) === undefined) throw notFound('person');
    await deps.db.transaction(async (tx) => {
      await forgetChoice(tx, { integrationId, remoteId });
      await recordAudit(tx, {
        workspaceId: caller.workspaceId,
        actor: caller.actor,
        action: 'integration.forget-user',
        target: integrationId,
        details: { externalUserId: remoteId },
      });
    });
    const person = await findPerson(deps.db, integrationId, remoteId);
    if (person === undefined) throw notFound('person');
    return { status: 200, body: presentExternalUser(person) };
  },
});
