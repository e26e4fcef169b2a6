import { recordAudit } from '../../../db/queries/audit.ts';
import { isWritingContacts } from '../../../db/queries/contact-makers.ts';
import { lockContactSettings } from '../../../db/queries/contact-sync-settings.ts';
import { noteAllLinks, noteListFlow } from '../../../db/queries/contact-work.ts';
import { changeSettings, type SettingsChange } from '../../../db/queries/integration-settings.ts';
import { tellAttention } from '../../../db/queries/integrations.ts';
import type { IntegrationRow } from '../../../db/queries/integrations-read.ts';
import { transact } from '../../../db/transact.ts';
import { integration, type PatchIntegration, patchIntegration } from '../../contract/integration.ts';
import { defineRoute } from '../../define-route.ts';
import { requireProvider } from '../../deps.ts';
import { needsPlan } from '../../plan-direction.ts';
import { notFound, ProblemError } from '../../problem.ts';
import {
  describeIntegration,
  integrationParams,
  requireIntegration,
  toRef,
} from '../../require-integration.ts';
import { tellPlanners } from '../../tell-planners.ts';

export const changeIntegration = defineRoute({
  method: 'patch',
  path: '/v1/integrations/{id}',
  summary: 'Change settings',
  description:
    'A syncDirection that writes more than before is kept as chosen and holds once its plan is applied (POST /v1/integrations/{id}/plan); until then approvedDirection says what runs do.',
  tag: 'Integrations',
  auth: 'caller',
  params: integrationParams,
  body: patchIntegration,
  responses: { 200: { description: 'The integration with its new settings', schema: integration } },
  problems: [422],
  handler: async ({ deps, caller, params, body }) => {
    const found = await requireIntegration(deps, caller, params.id);
    const { adapter } = requireProvider(deps.catalogue, found.provider);
    refuseWritingSettings(adapter, body);
    const { row, toPlan } = await transact(deps.db, async (tx) => {
      const before = body.syncDirection === undefined ? found : await lockContactSettings(tx, found.id);
      if (before === undefined) throw notFound('integration');
      const settings = settingsOf(before, body);
      const { approvedDirection = before.approvedDirection } = settings;
      const isTurned = approvedDirection !== before.approvedDirection;
      const wrote = isTurned && (await isWritingContacts(tx, found.id));
      const changed = await changeSettings(tx, found.id, settings);
      if (changed === undefined) throw notFound('integration');
      // What was left alone under the former direction is planned under the new one.
      const noted = isTurned ? await noteAllLinks(tx, { integrationId: found.id, wrote }) : [];
      if (noted.length > 0) await noteListFlow(tx, found.id);
      if (body.syncDirection !== undefined) await tellAttention(tx, found.id);
      await recordAudit(tx, {
        workspaceId: caller.workspaceId,
        actor: caller.actor,
        action: 'integration.change',
        target: found.id,
        details: body,
      });
      return { row: changed, toPlan: noted };
    });
    // The settings hold from here; a lost signal only means that the workflow reads them one cycle later.
    await deps.arbiter
      .announceSettings(toRef(row))
      .catch((err) => deps.logger.warn({ err, integrationId: row.id }, 'settings not announced'));
    tellPlanners(deps, row, toPlan);
    return { status: 200, body: await describeIntegration(deps, caller, row.id) };
  },
});

/** A direction that writes more than before holds only once its plan is applied; see plan-direction.ts. */
function settingsOf(integration: IntegrationRow, body: PatchIntegration): SettingsChange {
  const { syncDirection } = body;
  if (syncDirection === undefined || needsPlan(integration, syncDirection)) return body;
  return { ...body, approvedDirection: syncDirection };
}

function refuseWritingSettings(
  adapter: { displayName: string; capabilities: readonly string[] },
  body: PatchIntegration,
): void {
  if (adapter.capabilities.includes('write')) return;
  const path = body.conflictPolicy !== undefined ? 'conflictPolicy' : 'syncDirection';
  if (body.conflictPolicy === undefined && (body.syncDirection ?? 'from_provider') === 'from_provider')
    return;
  throw new ProblemError('not_supported', {
    detail: `${adapter.displayName} is only read; nothing is written to it.`,
    remedy: 'Leave syncDirection at from_provider, without a conflictPolicy.',
    errors: [{ path, message: 'needs a provider that can be written to' }],
  });
}
