import { inputError, notFound } from '../graphql/errors.ts';
import { commentData, commentUrl } from '../webhooks/payloads.ts';
import type { CommentRecord } from '../world/records.ts';
import { readNewId, type WriteScope } from './write-scope.ts';

export interface CommentInput {
  id?: string | null;
  issueId?: string | null;
  parentId?: string | null;
  body?: string | null;
  createdAt?: string | null;
}

/** Throws INPUT_ERROR where the issue is unknown or the body empty. */
export function createComment(scope: WriteScope, input: CommentInput): CommentRecord {
  const { workspace, core, actor } = scope;
  const { id, existing } = readNewId(input.id, 'Comment', (known) => workspace.comments.get(known), core);
  if (existing !== undefined) return existing;
  const issue = workspace.findIssue(input.issueId ?? '');
  if (issue === undefined) throw notFound('Issue');
  if (!input.body) throw inputError('Argument Validation Error', 'body should not be empty');
  const now = core.clock.iso();
  const comment = workspace.comments.put({
    id,
    createdAt: input.createdAt ?? now,
    updatedAt: now,
    archivedAt: null,
    issueId: issue.id,
    userId: actor?.id ?? null,
    parentId: input.parentId ?? null,
    body: input.body,
    editedAt: null,
  });
  emit(scope, 'create', comment);
  return comment;
}

export function updateComment(scope: WriteScope, known: CommentRecord, body: string): CommentRecord {
  if (body === known.body) return known;
  const now = scope.core.clock.iso();
  const comment = scope.workspace.comments.put({ ...known, body, editedAt: now, updatedAt: now });
  emit(scope, 'update', comment, { body: known.body, editedAt: known.editedAt, updatedAt: known.updatedAt });
  return comment;
}

export function deleteComment(scope: WriteScope, comment: CommentRecord): void {
  scope.workspace.comments.remove(comment.id);
  emit(scope, 'remove', comment);
}

function emit(
  { workspace, events, actor }: WriteScope,
  action: 'create' | 'update' | 'remove',
  comment: CommentRecord,
  updatedFrom?: Record<string, unknown>,
): void {
  events.emit(workspace, {
    type: 'Comment',
    action,
    data: commentData(workspace, comment),
    url: commentUrl(workspace, comment),
    ...(updatedFrom && { updatedFrom }),
    actor,
    teamId: workspace.issues.get(comment.issueId)?.teamId ?? null,
  });
}
