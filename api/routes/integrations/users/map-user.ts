import { z } from 'zod';
import { recordAudit } from '../../../../db/queries/audit.ts';
import { findUser } from '../../../../db/queries/identity.ts';
import { lockMappedPeople, mapPerson } from '../../../../db/queries/people.ts';
import { findOtherPersonOf, findPerson } from '../../../../db/queries/people-read.ts';
import { externalUser, mapExternalUser } from '../../../contract/external-user.ts';
import { defineRoute } from '../../../define-route.ts';
import { presentExternalUser } from '../../../present-task.ts';
import { notFound, ProblemError } from '../../../problem.ts';
import { integrationParams, requireIntegration } from '../../../require-integration.ts';

export const mapUser = defineRoute({
  method: 'put',
  path: '/v1/integrations/{id}/users/{externalUserId}',
  summary: 'Say which Harmony user a person at the provider is',
  description: 'A choice that Sync Users keeps; null says that it is nobody here.',
  tag: 'Users',
  auth: 'caller',
  params: integrationParams.extend({ externalUserId: z.string().min(1).max(200) }),
  body: mapExternalUser,
  responses: { 200: { description: 'The person', schema: externalUser } },
  problems: [409, 422],
  handler: async ({ deps, caller, params, body }) => {
    const integration = await requireIntegration(deps, caller, params.id);
    const { externalUserId: remoteId } = params;
    const { userId } = body;
    if ((await findPerson(deps.db, integration.id, remoteId)) === undefined) throw notFound('person');
    if (userId !== null) {
      if ((await findUser(deps.db, integration.workspaceId, userId)) === undefined) {
        throw new ProblemError('invalid_request', {
          status: 422,
          detail: 'The workspace has no such user.',
          errors: [{ path: 'userId', message: 'not a user of this workspace' }],
        });
      }
    }
    await deps.db.transaction(async (tx) => {
      await lockMappedPeople(tx, integration.id);
      const other =
        userId === null ? undefined : await findOtherPersonOf(tx, integration.id, { userId, remoteId });
      if (other !== undefined) {
        throw new ProblemError('conflict', {
          detail: `${other} is mapped to that user already.`,
          remedy: `Map ${other} to somebody else or to nobody first.`,
        });
      }
      await mapPerson(tx, { integrationId: integration.id, remoteId, userId });
      await recordAudit(tx, {
        workspaceId: caller.workspaceId,
        actor: caller.actor,
        action: 'integration.map-user',
        target: integration.id,
        details: { externalUserId: remoteId, userId },
      });
    });
    const person = await findPerson(deps.db, integration.id, remoteId);
    if (person === undefined) throw notFound('person');
    return { status: 200, body: presentExternalUser(person) };
  },
});
