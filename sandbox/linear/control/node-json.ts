/** Nodes in Linear's own JSON, as a query for all their fields would answer. */
import { commentData, issueData, userData } from '../webhooks/payloads.ts';
import type { CommentRecord, IssueRecord, LinearNode, TeamRecord, UserRecord } from '../world/records.ts';
import { copyIssue } from '../world/records.ts';
import type { Workspace } from '../world/workspace.ts';

export function issueJson(workspace: Workspace, issue: IssueRecord): Record<string, unknown> {
  const { labels, reactionData: _, ...rest } = issueData(workspace, copyIssue(issue));
  const parent = issue.parentId === null ? undefined : workspace.issues.get(issue.parentId);
  return {
    ...rest,
    assignee: rest.assignee ?? null,
    creator: rest.creator ?? null,
    project: rest.project ?? null,
    parent: parent ? { id: parent.id, identifier: parent.identifier } : null,
    labels: { nodes: labels },
  };
}

export function userJson(workspace: Workspace, user: UserRecord): Record<string, unknown> {
  const teams = user.teamIds.flatMap((id) => workspace.teams.get(id) ?? []);
  return {
    ...userData(workspace, user),
    teams: { nodes: teams.map(({ id, key, name }) => ({ id, key, name })) },
  };
}

export function teamJson(workspace: Workspace, team: TeamRecord): Record<string, unknown> {
  return {
    ...team,
    displayName: team.name,
    states: { nodes: workspace.statesOf(team.id).map(({ id, name, type }) => ({ id, name, type })) },
  };
}

export function commentJson(workspace: Workspace, comment: CommentRecord): Record<string, unknown> {
  return commentData(workspace, comment);
}

export function plainJson(_workspace: Workspace, node: LinearNode): Record<string, unknown> {
  return { ...node };
}
