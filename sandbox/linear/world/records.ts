/** What the stand-in keeps of each kind of node; relations are ids, times are ISO 8601 UTC. */

export interface LinearNode {
  id: string;
  createdAt: string;
  updatedAt: string;
  archivedAt: string | null;
}

export interface IssueRecord extends LinearNode {
  number: number;
  identifier: string;
  previousIdentifiers: string[];
  title: string;
  description: string | null;
  /** 0 none, 1 urgent, 2 high, 3 medium, 4 low. */
  priority: number;
  estimate: number | null;
  sortOrder: number;
  teamId: string;
  stateId: string;
  assigneeId: string | null;
  creatorId: string | null;
  projectId: string | null;
  parentId: string | null;
  labelIds: string[];
  subscriberIds: string[];
  /** YYYY-MM-DD */
  dueDate: string | null;
  startedAt: string | null;
  completedAt: string | null;
  canceledAt: string | null;
  trashed: true | null;
}

/** Every field of an issue; a seeded one computes each when it is read, so copying needs the list. */
const issueFields = [
  'id',
  'createdAt',
  'updatedAt',
  'archivedAt',
  'number',
  'identifier',
  'previousIdentifiers',
  'title',
  'description',
  'priority',
  'estimate',
  'sortOrder',
  'teamId',
  'stateId',
  'assigneeId',
  'creatorId',
  'projectId',
  'parentId',
  'labelIds',
  'subscriberIds',
  'dueDate',
  'startedAt',
  'completedAt',
  'canceledAt',
  'trashed',
] as const satisfies readonly (keyof IssueRecord)[];

/** A plain copy of an issue, seeded or not. */
export function copyIssue(issue: IssueRecord): IssueRecord {
  return Object.fromEntries(issueFields.map((field) => [field, issue[field]])) as unknown as IssueRecord;
}

export interface UserRecord extends LinearNode {
  name: string;
  displayName: string;
  email: string;
  active: boolean;
  admin: boolean;
  owner: boolean;
  guest: boolean;
  app: boolean;
  title: string | null;
  description: string | null;
  timezone: string | null;
  avatarUrl: string | null;
  statusEmoji: string | null;
  statusLabel: string | null;
  statusUntilAt: string | null;
  teamIds: string[];
}

export interface TeamRecord extends LinearNode {
  name: string;
  key: string;
  description: string | null;
  color: string;
  timezone: string;
}

export interface StateRecord extends LinearNode {
  teamId: string;
  name: string;
  type: 'backlog' | 'unstarted' | 'started' | 'completed' | 'canceled';
  color: string;
  description: string | null;
  position: number;
}

export interface LabelRecord extends LinearNode {
  name: string;
  color: string;
  description: string | null;
  teamId: string | null;
}

export interface ProjectRecord extends LinearNode {
  name: string;
  description: string;
  content: string | null;
  slugId: string;
  color: string;
  state: 'backlog' | 'planned' | 'started' | 'paused' | 'completed' | 'canceled';
  priority: number;
  leadId: string | null;
  creatorId: string | null;
  teamIds: string[];
  memberIds: string[];
  startDate: string | null;
  targetDate: string | null;
}

export interface CommentRecord extends LinearNode {
  issueId: string;
  userId: string | null;
  parentId: string | null;
  body: string;
  editedAt: string | null;
}

export interface WebhookRecord extends LinearNode {
  url: string;
  secret: string;
  label: string | null;
  enabled: boolean;
  resourceTypes: string[];
  teamId: string | null;
  allPublicTeams: boolean;
  creatorId: string | null;
}
