/** Nodes as a webhook's `data` holds them. */
import type { CommentRecord, IssueRecord, UserRecord } from '../world/records.ts';
import type { Workspace } from '../world/workspace.ts';

export type WebhookType = 'Issue' | 'Comment' | 'User';

export function issueUrl(workspace: Workspace, issue: IssueRecord): string {
  return workspace.url(`issue/${issue.identifier}/${slug(issue.title)}`);
}

export function userUrl(workspace: Workspace, user: UserRecord): string {
  return workspace.url(`profiles/${user.displayName}`);
}

export function commentUrl(workspace: Workspace, comment: CommentRecord): string {
  const issue = workspace.issues.get(comment.issueId);
  return issue === undefined ? '' : `${issueUrl(workspace, issue)}#comment-${comment.id.slice(0, 8)}`;
}

const priorityLabels = ['No priority', 'Urgent', 'High', 'Medium', 'Low'];

export function priorityLabel(priority: number): string {
  return priorityLabels[priority] ?? 'No priority';
}

export function issueData(workspace: Workspace, issue: IssueRecord): Record<string, unknown> {
  const team = workspace.teams.get(issue.teamId);
  const state = workspace.states.get(issue.stateId);
  const project = issue.projectId === null ? undefined : workspace.projects.get(issue.projectId);
  const labels = issue.labelIds.flatMap((id) => workspace.labels.get(id) ?? []);
  return {
    ...issue,
    priorityLabel: priorityLabel(issue.priority),
    prioritySortOrder: issue.sortOrder,
    reactionData: [],
    url: issueUrl(workspace, issue),
    team: team && { id: team.id, key: team.key, name: team.name },
    state: state && { id: state.id, name: state.name, type: state.type, color: state.color },
    assignee: personOf(workspace, issue.assigneeId),
    creator: personOf(workspace, issue.creatorId),
    project: project && {
      id: project.id,
      name: project.name,
      url: workspace.url(`project/${project.slugId}`),
    },
    labels: labels.map(({ id, name, color }) => ({ id, name, color, parentId: null })),
  };
}

export function commentData(workspace: Workspace, comment: CommentRecord): Record<string, unknown> {
  const issue = workspace.issues.get(comment.issueId);
  return {
    ...comment,
    reactionData: [],
    url: commentUrl(workspace, comment),
    user: personOf(workspace, comment.userId),
    issue: issue && { id: issue.id, identifier: issue.identifier, title: issue.title, teamId: issue.teamId },
  };
}

export function userData(workspace: Workspace, user: UserRecord): Record<string, unknown> {
  const { teamIds: _, ...rest } = user;
  return { ...rest, disableReason: user.active ? null : 'admin', url: userUrl(workspace, user) };
}

export function personOf(workspace: Workspace, id: string | null): Record<string, unknown> | undefined {
  const user = id === null ? undefined : workspace.users.get(id);
  return (
    user && {
      id: user.id,
      name: user.name,
      email: user.email,
      avatarUrl: user.avatarUrl,
      url: userUrl(workspace, user),
    }
  );
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}
