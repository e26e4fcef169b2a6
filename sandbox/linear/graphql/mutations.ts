/** The fields at the root of a mutation, and the scopes that each needs. */

import type { IssueRecord, UserRecord, WebhookRecord } from '../world/records.ts';
import { type CommentInput, createComment, deleteComment, updateComment } from '../writes/write-comment.ts';
import {
  createIssue,
  deleteIssue,
  type IssueInput,
  shelveIssue,
  updateIssue,
} from '../writes/write-issue.ts';
import type { WriteScope } from '../writes/write-scope.ts';
import { type UserChange, updateUser } from '../writes/write-user.ts';
import {
  createWebhook,
  newWebhookSecret,
  updateWebhook,
  type WebhookInput,
} from '../writes/write-webhook.ts';
import type { GraphqlContext, Resolver } from './context.ts';
import { LinearError, notFound } from './errors.ts';

const scopesFor = (field: string): string[] => {
  if (field.startsWith('webhook')) return ['admin'];
  if (field.startsWith('user') && field !== 'userUpdate') return ['admin'];
  if (field === 'issueCreate' || field === 'issueBatchCreate') return ['write', 'issues:create'];
  if (field === 'commentCreate') return ['write', 'comments:create'];
  return ['write'];
};

/** The scopes of which the field needs one and the caller has none; undefined where the call may go on. */
export function missingScopes(
  field: string,
  { caller, viewer }: Pick<GraphqlContext, 'caller' | 'viewer'>,
): string[] | undefined {
  const needed = scopesFor(field);
  if (caller.scopes !== 'all')
    return needed.some((scope) => caller.scopes.includes(scope)) ? undefined : needed;
  return needed.includes('admin') && !viewer.admin ? needed : undefined;
}

const write =
  (act: (scope: WriteScope, given: never, context: GraphqlContext) => Record<string, unknown>): Resolver =>
  (_source, given, context, info) => {
    const missing = missingScopes(info.fieldName, context);
    if (missing !== undefined)
      throw new LinearError('forbidden', {
        message: `Invalid scope: ${missing.map((scope) => `\`${scope}\``).join(' or ')} required`,
      });
    const { core, workspace, events, viewer } = context;
    const answer = act({ core, workspace, events, actor: viewer }, given as never, context);
    return { success: true, lastSyncId: core.state.seq, ...answer };
  };

function issueOf({ workspace }: WriteScope, id: string): IssueRecord {
  const issue = workspace.findIssue(id);
  if (issue === undefined) throw notFound('Issue');
  return issue;
}

function userOf({ workspace }: WriteScope, id: string, viewer: UserRecord): UserRecord {
  const user = workspace.users.get(id === 'me' ? viewer.id : id);
  if (user === undefined) throw notFound('User');
  return user;
}

function webhookOf({ workspace }: WriteScope, id: string): WebhookRecord {
  const webhook = workspace.webhooks.get(id);
  if (webhook === undefined) throw notFound('Webhook');
  return webhook;
}

function commentOf({ workspace }: WriteScope, id: string) {
  const comment = workspace.comments.get(id);
  if (comment === undefined) throw notFound('Comment');
  return comment;
}

type Id = { id: string };

export const mutations: Record<string, Resolver> = {
  issueCreate: write((scope, { input }: { input: IssueInput }) => ({ issue: createIssue(scope, input) })),
  issueBatchCreate: write((scope, { input }: { input: { issues: IssueInput[] } }) => ({
    issues: input.issues.map((one) => createIssue(scope, one)),
  })),
  issueUpdate: write((scope, { id, input }: Id & { input: IssueInput }) => ({
    issue: updateIssue(scope, issueOf(scope, id), input),
  })),
  issueBatchUpdate: write((scope, { ids, input }: { ids: string[]; input: IssueInput }) => ({
    issues: ids.map((id) => issueOf(scope, id)).map((issue) => updateIssue(scope, issue, input)),
  })),
  issueAddLabel: write((scope, { id, labelId }: Id & { labelId: string }) => ({
    issue: updateIssue(scope, issueOf(scope, id), { addedLabelIds: [labelId] }),
  })),
  issueRemoveLabel: write((scope, { id, labelId }: Id & { labelId: string }) => ({
    issue: updateIssue(scope, issueOf(scope, id), { removedLabelIds: [labelId] }),
  })),
  issueArchive: write((scope, { id, trash }: Id & { trash?: boolean | null }) => ({
    entity: shelveIssue(scope, issueOf(scope, id), trash ? 'trash' : 'archive'),
  })),
  issueUnarchive: write((scope, { id }: Id) => ({
    entity: shelveIssue(scope, issueOf(scope, id), 'nowhere'),
  })),
  issueDelete: write((scope, { id, permanentlyDelete }: Id & { permanentlyDelete?: boolean | null }) => {
    const issue = issueOf(scope, id);
    if (!permanentlyDelete) return { entity: shelveIssue(scope, issue, 'trash') };
    deleteIssue(scope, issue);
    return { entity: null };
  }),
  commentCreate: write((scope, { input }: { input: CommentInput }) => ({
    comment: createComment(scope, input),
  })),
  commentUpdate: write((scope, { id, input }: Id & { input: { body?: string | null } }) => {
    const comment = commentOf(scope, id);
    return { comment: updateComment(scope, comment, input.body ?? comment.body) };
  }),
  commentDelete: write((scope, { id }: Id) => {
    deleteComment(scope, commentOf(scope, id));
    return { entityId: id };
  }),
  webhookCreate: write((scope, { input }: { input: WebhookInput }) => ({
    webhook: createWebhook(scope, input),
  })),
  webhookUpdate: write((scope, { id, input }: Id & { input: WebhookInput }) => ({
    webhook: updateWebhook(scope, webhookOf(scope, id), input),
  })),
  webhookDelete: write((scope, { id }: Id) => {
    scope.workspace.webhooks.remove(webhookOf(scope, id).id);
    return { entityId: id };
  }),
  webhookRotateSecret: write((scope, { id }: Id) => {
    const secret = newWebhookSecret();
    updateWebhook(scope, webhookOf(scope, id), { secret });
    return { secret };
  }),
  userUpdate: write((scope, { id, input }: Id & { input: UserChange }, { viewer }) => {
    const user = userOf(scope, id, viewer);
    if (user.id !== viewer.id && !viewer.admin)
      throw new LinearError('forbidden', { message: 'You can only update your own account' });
    return { user: updateUser(scope, user, input) };
  }),
  userSuspend: write((scope, { id }: Id, { viewer }) => {
    updateUser(scope, userOf(scope, id, viewer), { active: false });
    return {};
  }),
  userUnsuspend: write((scope, { id }: Id, { viewer }) => {
    updateUser(scope, userOf(scope, id, viewer), { active: true });
    return {};
  }),
};
