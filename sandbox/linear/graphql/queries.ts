/** The fields at the root of a query. */

import { priorityLabel } from '../webhooks/payloads.ts';
import type { Collection } from '../world/collection.ts';
import type { LinearNode } from '../world/records.ts';
import type { Workspace } from '../world/workspace.ts';
import { type ConnectionArguments, type Listing, listConnection } from './connections.ts';
import type { GraphqlContext, Resolver } from './context.ts';
import { inputError, notFound } from './errors.ts';

type CollectionName =
  | 'issues'
  | 'users'
  | 'teams'
  | 'states'
  | 'labels'
  | 'projects'
  | 'comments'
  | 'webhooks';

function collectionOf(workspace: Workspace, name: CollectionName): Collection<LinearNode> {
  return workspace[name] as unknown as Collection<LinearNode>;
}

const list =
  (name: CollectionName, kind: Listing['kind']): Resolver =>
  (_source, given: ConnectionArguments, context) =>
    listConnection(
      { kind, from: collectionOf(context.workspace, name), arguments: given, isRoot: true },
      context,
    );

const one =
  (name: CollectionName, entity: string): Resolver =>
  (_source, { id }: { id: string }, context) => {
    const node = collectionOf(context.workspace, name).get(id, context.readSeq);
    if (node === undefined) throw notFound(entity);
    return node;
  };

export const queries: Record<string, Resolver> = {
  viewer: (_source, _given, context) => context.viewer,
  organization: (_source, _given, context) => context.workspace,
  issues: list('issues', 'issue'),
  issue: (_source, { id }: { id: string }, context) => {
    const issue = context.workspace.findIssue(id, context.readSeq);
    if (issue === undefined) throw notFound('Issue');
    return issue;
  },
  users: (_source, given: ConnectionArguments & { includeDisabled?: boolean | null }, context) =>
    listConnection(
      {
        kind: 'user',
        from: collectionOf(context.workspace, 'users'),
        arguments: given,
        where: activeUnless(given.includeDisabled),
        isRoot: true,
      },
      context,
    ),
  user: (_source, { id }: { id: string }, context) => {
    const user = context.workspace.findUser(id === 'me' ? context.viewer.id : id, context.readSeq);
    if (user === undefined) throw notFound('User');
    return user;
  },
  teams: list('teams', 'team'),
  team: (_source, { id }: { id: string }, context) => {
    const team = context.workspace.teams.get(id, context.readSeq) ?? findByKey(context, id);
    if (team === undefined) throw notFound('Team');
    return team;
  },
  projects: list('projects', 'project'),
  project: one('projects', 'Project'),
  issueLabels: list('labels', 'label'),
  issueLabel: one('labels', 'IssueLabel'),
  workflowStates: list('states', 'state'),
  workflowState: one('states', 'WorkflowState'),
  comments: list('comments', 'comment'),
  comment: (source, given: { id?: string | null }, context, info) => {
    if (!given.id) throw inputError('Argument Validation Error', 'Either id or hash must be given.');
    return (one('comments', 'Comment') as Resolver)(source, given, context, info);
  },
  webhooks: list('webhooks', 'webhook'),
  webhook: one('webhooks', 'Webhook'),
  rateLimitStatus: (_source, _given, context) => ({
    identifier: context.viewer.id,
    kind: context.caller.kind,
    limits: context.limits().map((limit) => ({
      type: limit.type,
      requestedAmount: limit.requested,
      allowedAmount: limit.allowed,
      period: 3_600_000,
      remainingAmount: limit.remaining,
      reset: limit.resetMs,
    })),
  }),
  applicationInfo: (_source, { clientId }: { clientId: string }, context) => {
    const settings = context.core.settings();
    if (clientId !== settings.clientId) throw notFound('OauthClient');
    return {
      id: clientId,
      clientId,
      name: settings.clientName,
      developer: settings.clientName,
      developerUrl: 'https://harmony.example.com',
      description: null,
      imageUrl: null,
    };
  },
  issuePriorityValues: () =>
    [0, 1, 2, 3, 4].map((priority) => ({ priority, label: priorityLabel(priority) })),
};

/** Suspended members are listed only where they are asked for. */
export function activeUnless(includeDisabled: boolean | null | undefined): (node: LinearNode) => boolean {
  return (node) => includeDisabled === true || (node as LinearNode & { active?: boolean }).active === true;
}

function findByKey({ workspace, readSeq }: GraphqlContext, key: string): LinearNode | undefined {
  const walk = workspace.teams.walk({ orderBy: 'createdAt', descending: false, seq: readSeq });
  for (const team of walk) if (team.key === key.toUpperCase()) return team;
  return undefined;
}
