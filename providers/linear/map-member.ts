import type { CommentRecord, PersonRecord } from '../contract/index.ts';
import type { ListedNode } from './listing.ts';

export interface LinearMember extends ListedNode {
  readonly name: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly active: boolean;
}

export const memberFields = 'id name displayName email active admin guest app createdAt updatedAt archivedAt';

export function mapMember(member: LinearMember): PersonRecord {
  return {
    remoteId: member.id,
    updatedAt: member.updatedAt,
    raw: member,
    name: member.name || member.displayName,
    email: member.email || null,
    active: member.active && typeof member.archivedAt !== 'string',
  };
}

export interface LinearComment extends ListedNode {
  readonly body: string;
  readonly issue: { readonly id: string } | null;
  readonly user: { readonly id: string } | null;
}

export const commentFields = 'id body url createdAt updatedAt archivedAt editedAt issue { id } user { id }';

/** undefined for a comment on something else than an issue. */
export function mapComment(comment: LinearComment): CommentRecord | undefined {
  if (!comment.issue) return undefined;
  return {
    remoteId: comment.id,
    updatedAt: comment.updatedAt,
    raw: comment,
    taskRemoteId: comment.issue.id,
    authorRemoteId: comment.user?.id ?? null,
    body: comment.body,
  };
}
