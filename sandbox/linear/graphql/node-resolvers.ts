/** Relations and computed fields of nodes; a plain property needs none. */
import { createHash } from 'node:crypto';
import { commentUrl, issueUrl, priorityLabel, userUrl } from '../webhooks/payloads.ts';
import type { Collection } from '../world/collection.ts';
import type {
  CommentRecord,
  IssueRecord,
  LabelRecord,
  LinearNode,
  ProjectRecord,
  StateRecord,
  TeamRecord,
  UserRecord,
  WebhookRecord,
} from '../world/records.ts';
import { listAll, type Workspace } from '../world/workspace.ts';
import { type ConnectionArguments, type Listing, listConnection } from './connections.ts';
import type { GraphqlContext, Resolver, Resolvers } from './context.ts';
import { activeUnless } from './queries.ts';

type Given = ConnectionArguments & { includeDisabled?: boolean | null };

/** The node that a field names by its id. */
const to =
  (collection: 'issues' | 'users' | 'teams' | 'states' | 'projects' | 'comments', field: string): Resolver =>
  (source: Record<string, string | null>, _given, { workspace, readSeq }) => {
    const id = source[field];
    return id === null || id === undefined ? null : (workspace[collection].get(id, readSeq) ?? null);
  };

/** A listing of some of an organization's nodes. */
const many = <S>(
  kind: Listing['kind'],
  from: (source: S, workspace: Workspace, seq: number) => Collection<LinearNode> | LinearNode[],
  where?: (source: S) => (node: LinearNode) => boolean,
): Resolver => {
  return (source: S, given: Given, context) =>
    listConnection(
      {
        kind,
        from: from(source, context.workspace, context.listingSeq),
        arguments: given,
        ...(kind === 'user'
          ? { where: activeUnless(given.includeDisabled) }
          : where && { where: where(source) }),
      },
      context,
    );
};

const issuesWhere = <S>(matches: (issue: IssueRecord, source: S) => boolean): Resolver =>
  many<S>('issue', allOf('issues'), (source) => (node) => matches(node as IssueRecord, source));

function allOf(name: 'issues' | 'users' | 'teams' | 'labels' | 'projects' | 'states') {
  return (_source: unknown, workspace: Workspace) => workspace[name] as unknown as Collection<LinearNode>;
}

function having<T extends LinearNode>(
  collection: Collection<T>,
  seq: number,
  test: (node: T) => boolean,
): T[] {
  return listAll(collection, seq).filter(test);
}

function organization(_source: unknown, _given: unknown, context: GraphqlContext): Workspace {
  return context.workspace;
}

const membership = (user: UserRecord, team: TeamRecord) => ({
  id: `${user.id.slice(0, 24)}${team.id.slice(24)}`,
  createdAt: user.createdAt,
  updatedAt: user.updatedAt,
  archivedAt: null,
  owner: user.owner,
  sortOrder: 0,
  team,
  user,
});

export const nodeResolvers: Resolvers = {
  Issue: {
    team: to('teams', 'teamId'),
    state: to('states', 'stateId'),
    assignee: to('users', 'assigneeId'),
    creator: to('users', 'creatorId'),
    project: to('projects', 'projectId'),
    parent: to('issues', 'parentId'),
    url: (issue: IssueRecord, _given, { workspace }) => issueUrl(workspace, issue),
    branchName: (issue: IssueRecord) => issue.identifier.toLowerCase(),
    priorityLabel: (issue: IssueRecord) => priorityLabel(issue.priority),
    boardOrder: (issue: IssueRecord) => issue.sortOrder,
    prioritySortOrder: (issue: IssueRecord) => issue.sortOrder,
    sharedAccess: () => ({}),
    labels: many<IssueRecord>('label', (issue, workspace, seq) =>
      issue.labelIds.flatMap((id) => workspace.labels.get(id, seq) ?? []),
    ),
    comments: many<IssueRecord>('comment', (issue, workspace, seq) =>
      workspace.comments.group(issue.id, seq),
    ),
    children: many<IssueRecord>('issue', (issue, workspace, seq) => workspace.issues.group(issue.id, seq)),
    subscribers: many<IssueRecord>('user', (issue, workspace, seq) =>
      issue.subscriberIds.flatMap((id) => workspace.users.get(id, seq) ?? []),
    ),
  },
  User: {
    organization,
    isMe: (user: UserRecord, _given, { viewer }) => user.id === viewer.id,
    url: (user: UserRecord, _given, { workspace }) => userUrl(workspace, user),
    initials: (user: UserRecord) =>
      user.name
        .split(/\s+/)
        .map((part) => [...part][0])
        .join('')
        .slice(0, 2),
    avatarBackgroundColor: (user: UserRecord) =>
      `#${createHash('md5').update(user.id).digest('hex').slice(0, 6)}`,
    isAssignable: (user: UserRecord) => user.active,
    isMentionable: (user: UserRecord) => user.active,
    canAccessAnyPublicTeam: (user: UserRecord) => !user.guest,
    disableReason: (user: UserRecord) => (user.active ? null : 'admin'),
    assignedIssues: issuesWhere<UserRecord>((issue, user) => issue.assigneeId === user.id),
    createdIssues: issuesWhere<UserRecord>((issue, user) => issue.creatorId === user.id),
    teams: many<UserRecord>('team', (user, workspace, seq) =>
      user.teamIds.flatMap((id) => workspace.teams.get(id, seq) ?? []),
    ),
  },
  Team: {
    organization,
    displayName: (team: TeamRecord) => team.name,
    issueEstimationType: () => 'notUsed',
    setIssueSortOrderOnStateChange: () => 'first',
    visibility: () => 'public',
    triageEnabled: () => false,
    defaultIssueState: (team: TeamRecord, _given, { workspace, readSeq }) =>
      workspace.statesOf(team.id, readSeq)[0] ?? null,
    autoClosePeriod: () => null,
    issueCount: (team: TeamRecord, given: { includeArchived?: boolean }, { workspace, listingSeq }) =>
      workspace.countIssues(team.id, given.includeArchived === true, listingSeq),
    issues: issuesWhere<TeamRecord>((issue, team) => issue.teamId === team.id),
    members: many<TeamRecord>('user', (team, workspace, seq) =>
      having(workspace.users, seq, (user) => user.teamIds.includes(team.id)),
    ),
    memberships: many<TeamRecord>('membership', (team, workspace, seq) =>
      having(workspace.users, seq, (user) => user.teamIds.includes(team.id)).map((user) =>
        membership(user, team),
      ),
    ),
    membership: (team: TeamRecord, { userId }: { userId: string }, { workspace, readSeq }) => {
      const user = workspace.users.get(userId, readSeq);
      return user?.teamIds.includes(team.id) ? membership(user, team) : null;
    },
    viewerMembership: (team: TeamRecord, _given, { viewer }) =>
      viewer.teamIds.includes(team.id) ? membership(viewer, team) : null,
    states: many<TeamRecord>('state', (team, workspace, seq) => workspace.statesOf(team.id, seq)),
    labels: many<TeamRecord>('label', (team, workspace, seq) =>
      having(workspace.labels, seq, (label) => label.teamId === team.id),
    ),
    projects: many<TeamRecord>('project', (team, workspace, seq) =>
      having(workspace.projects, seq, (project) => project.teamIds.includes(team.id)),
    ),
    webhooks: many<TeamRecord>('webhook', (team, workspace, seq) =>
      having(workspace.webhooks, seq, (webhook) => webhook.teamId === team.id),
    ),
  },
  Project: {
    url: (project: ProjectRecord, _given, { workspace }) => workspace.url(`project/${project.slugId}`),
    lead: to('users', 'leadId'),
    creator: to('users', 'creatorId'),
    priorityLabel: (project: ProjectRecord) => priorityLabel(project.priority),
    status: (project: ProjectRecord) => ({
      id: `${project.id.slice(0, 24)}${Buffer.from(project.state.slice(0, 6).padEnd(6)).toString('hex')}`,
      name: project.state[0]?.toUpperCase() + project.state.slice(1),
      type: project.state,
      color: project.color,
      createdAt: project.createdAt,
      updatedAt: project.createdAt,
    }),
    issues: issuesWhere<ProjectRecord>((issue, project) => issue.projectId === project.id),
    teams: many<ProjectRecord>('team', (project, workspace, seq) =>
      project.teamIds.flatMap((id) => workspace.teams.get(id, seq) ?? []),
    ),
    members: many<ProjectRecord>('user', (project, workspace, seq) =>
      project.memberIds.flatMap((id) => workspace.users.get(id, seq) ?? []),
    ),
  },
  IssueLabel: {
    organization,
    team: to('teams', 'teamId'),
    children: many<LabelRecord>('label', () => []),
    issues: issuesWhere<LabelRecord>((issue, label) => issue.labelIds.includes(label.id)),
  },
  WorkflowState: {
    team: to('teams', 'teamId'),
    issues: issuesWhere<StateRecord>((issue, state) => issue.stateId === state.id),
  },
  Comment: {
    url: (comment: CommentRecord, _given, { workspace }) => commentUrl(workspace, comment),
    issue: to('issues', 'issueId'),
    user: to('users', 'userId'),
    parent: to('comments', 'parentId'),
    children: many<CommentRecord>('comment', (comment, workspace, seq) =>
      workspace.comments.group(comment.issueId, seq).filter((one) => one.parentId === comment.id),
    ),
  },
  Webhook: {
    team: to('teams', 'teamId'),
    creator: to('users', 'creatorId'),
    teamIds: (webhook: WebhookRecord) => (webhook.teamId === null ? null : [webhook.teamId]),
  },
  Organization: {
    name: (workspace: Workspace) => workspace.spec.displayName,
    urlKey: (workspace: Workspace) => workspace.spec.name,
    updatedAt: (workspace: Workspace) => workspace.createdAt,
    userCount: (_source, _given, { workspace, readSeq }) =>
      having(workspace.users, readSeq, (user) => user.active).length,
    createdIssueCount: (_source, _given, { workspace, listingSeq }) =>
      listAll(workspace.teams).reduce(
        (sum, team) => sum + workspace.countIssues(team.id, true, listingSeq),
        0,
      ),
    gitBranchFormat: () => null,
    users: many('user', allOf('users')),
    teams: many('team', allOf('teams')),
    labels: many('label', allOf('labels')),
  },
};
