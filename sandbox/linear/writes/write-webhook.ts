import { randomBytes } from 'node:crypto';
import { isLoopbackUri } from '../../core/grants.ts';
import { inputError, notFound } from '../graphql/errors.ts';
import type { WebhookRecord } from '../world/records.ts';
import { readNewId, type WriteScope } from './write-scope.ts';

/** WebhookCreateInput and WebhookUpdateInput together. */
export interface WebhookInput {
  id?: string | null;
  url?: string | null;
  resourceTypes?: string[] | null;
  teamId?: string | null;
  allPublicTeams?: boolean | null;
  secret?: string | null;
  label?: string | null;
  enabled?: boolean | null;
}

/** Throws INPUT_ERROR where the address or the team is no good. */
export function createWebhook(scope: WriteScope, input: WebhookInput): WebhookRecord {
  const { workspace, core, actor } = scope;
  const { id, existing } = readNewId(input.id, 'Webhook', (known) => workspace.webhooks.get(known), core);
  if (existing !== undefined) return existing;
  const teamId = input.teamId ?? null;
  if (teamId === null && !input.allPublicTeams)
    throw inputError('Argument Validation Error', 'Either teamId or allPublicTeams must be given.');
  if (teamId !== null && workspace.teams.get(teamId) === undefined) throw notFound('Team');
  const now = core.clock.iso();
  return workspace.webhooks.put({
    id,
    createdAt: now,
    updatedAt: now,
    archivedAt: null,
    url: checkUrl(input.url ?? '', scope),
    secret: input.secret ?? newWebhookSecret(),
    label: input.label ?? null,
    enabled: input.enabled ?? true,
    resourceTypes: checkTypes(input.resourceTypes ?? []),
    teamId,
    allPublicTeams: input.allPublicTeams ?? false,
    creatorId: actor?.id ?? null,
  });
}

export function updateWebhook(scope: WriteScope, known: WebhookRecord, input: WebhookInput): WebhookRecord {
  return scope.workspace.webhooks.put({
    ...known,
    ...(input.url && { url: checkUrl(input.url, scope) }),
    ...(input.resourceTypes && { resourceTypes: checkTypes(input.resourceTypes) }),
    ...(input.secret && { secret: input.secret }),
    ...(input.label !== undefined && { label: input.label }),
    ...(typeof input.enabled === 'boolean' && { enabled: input.enabled }),
    updatedAt: scope.core.clock.iso(),
  });
}

export function newWebhookSecret(): string {
  return `lin_wh_${randomBytes(24).toString('base64url')}`;
}

function checkTypes(types: string[]): string[] {
  if (types.length === 0) throw inputError('Argument Validation Error', 'resourceTypes should not be empty');
  return types;
}

function checkUrl(url: string, { core }: WriteScope): string {
  const isAllowed =
    URL.canParse(url) &&
    (new URL(url).protocol === 'https:' || isLoopbackUri(url) || core.settings().webhooksToAnyHttpAddress);
  if (!isAllowed) throw inputError('Argument Validation Error', 'url must be an https address');
  return url;
}
