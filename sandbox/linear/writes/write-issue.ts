/** Creates and changes issues as Linear does: numbers, state times, no-op updates, webhooks. */
import { inputError, notFound } from '../graphql/errors.ts';
import { issueData, issueUrl } from '../webhooks/payloads.ts';
import { copyIssue, type IssueRecord, type StateRecord } from '../world/records.ts';
import { readNewId, type WriteScope } from './write-scope.ts';

/** IssueCreateInput and IssueUpdateInput together, as far as the stand-in has them. */
export interface IssueInput {
  id?: string | null;
  teamId?: string | null;
  title?: string | null;
  description?: string | null;
  priority?: number | null;
  estimate?: number | null;
  stateId?: string | null;
  assigneeId?: string | null;
  projectId?: string | null;
  labelIds?: string[] | null;
  addedLabelIds?: string[] | null;
  removedLabelIds?: string[] | null;
  parentId?: string | null;
  dueDate?: string | null;
  sortOrder?: number | null;
  subscriberIds?: string[] | null;
  createdAt?: string | null;
  completedAt?: string | null;
  trashed?: boolean | null;
}

/** The new issue, or the one that has the id already where the settings say so. Throws INPUT_ERROR. */
export function createIssue(scope: WriteScope, input: IssueInput): IssueRecord {
  const { workspace, core, actor } = scope;
  const { id, existing } = readNewId(input.id, 'Issue', (known) => workspace.issues.get(known), core);
  if (existing !== undefined) return existing;
  const team = workspace.teams.get(input.teamId ?? '');
  if (team === undefined || team.archivedAt !== null) throw notFound('Team');
  if (!input.title?.trim()) throw inputError('Argument Validation Error', 'title should not be empty');
  const now = core.clock.iso();
  const createdAt = input.createdAt ?? now;
  const blank: IssueRecord = {
    id,
    createdAt,
    updatedAt: now,
    archivedAt: null,
    number: 0,
    identifier: '',
    previousIdentifiers: [],
    title: '',
    description: null,
    priority: 0,
    estimate: null,
    sortOrder: -core.state.seq,
    teamId: team.id,
    stateId: '',
    assigneeId: null,
    creatorId: actor?.id ?? null,
    projectId: null,
    parentId: null,
    labelIds: [],
    subscriberIds: actor === undefined ? [] : [actor.id],
    dueDate: null,
    startedAt: null,
    completedAt: null,
    canceledAt: null,
    trashed: null,
  };
  const first = workspace.statesOf(team.id)[0] as StateRecord;
  const issue = applyInput(scope, blank, { ...input, stateId: input.stateId ?? first.id });
  if (input.completedAt) issue.completedAt = input.completedAt;
  Object.assign(issue, workspace.takeNumber(team, id));
  workspace.issues.put(issue);
  emit(scope, 'create', issue);
  return issue;
}

/** The issue as it is now. An update that changes nothing moves no time and tells nobody. */
export function updateIssue(scope: WriteScope, known: IssueRecord, input: IssueInput): IssueRecord {
  const { workspace, core } = scope;
  if (input.title !== undefined && !input.title?.trim())
    throw inputError('Argument Validation Error', 'title should not be empty');
  const before = copyIssue(known);
  const after = applyInput(scope, copyIssue(known), input);
  if (input.teamId && input.teamId !== before.teamId) moveToTeam(scope, after, input);
  if (typeof input.trashed === 'boolean') {
    after.trashed = input.trashed ? true : null;
    after.archivedAt = input.trashed ? (before.archivedAt ?? core.clock.iso()) : null;
  }
  const updatedFrom = differences(before, after);
  if (Object.keys(updatedFrom).length === 0) return before;
  after.updatedAt = core.clock.iso();
  workspace.issues.put(after);
  emit(scope, 'update', after, { updatedAt: before.updatedAt, ...updatedFrom });
  return after;
}

/** Puts an issue into the archive or the trash, or takes it out of both. */
export function shelveIssue(
  scope: WriteScope,
  known: IssueRecord,
  place: 'archive' | 'trash' | 'nowhere',
): IssueRecord {
  const { workspace, core } = scope;
  const { archivingMovesUpdatedAt, trashWebhookAction } = core.settings();
  const before = copyIssue(known);
  const after = {
    ...before,
    archivedAt: place === 'nowhere' ? null : (before.archivedAt ?? core.clock.iso()),
    trashed: place === 'trash' ? (true as const) : null,
  };
  const updatedFrom = differences(before, after);
  if (Object.keys(updatedFrom).length === 0) return before;
  if (archivingMovesUpdatedAt) after.updatedAt = core.clock.iso();
  workspace.issues.put(after);
  const action = place === 'trash' ? trashWebhookAction : 'update';
  emit(scope, action, after, action === 'update' ? updatedFrom : undefined);
  return after;
}

/** Removes an issue for good, with its comments. */
export function deleteIssue(scope: WriteScope, known: IssueRecord): void {
  const issue = copyIssue(known);
  const { workspace } = scope;
  for (const comment of workspace.comments.group(issue.id, Number.POSITIVE_INFINITY))
    workspace.comments.remove(comment.id);
  workspace.issues.remove(issue.id);
  emit(scope, 'remove', issue);
}

/** Writes the plain fields of an input into `issue` and checks every reference. */
function applyInput(scope: WriteScope, issue: IssueRecord, input: IssueInput): IssueRecord {
  const { workspace, core } = scope;
  const plain = [
    'title',
    'description',
    'priority',
    'estimate',
    'dueDate',
    'sortOrder',
    'subscriberIds',
  ] as const;
  for (const field of plain) if (input[field] !== undefined) Object.assign(issue, { [field]: input[field] });
  issue.priority ??= 0;
  if (issue.priority < 0 || issue.priority > 4)
    throw inputError('Argument Validation Error', 'priority must be between 0 and 4');
  if (input.assigneeId !== undefined)
    issue.assigneeId = found(input.assigneeId, (id) => workspace.users.get(id), 'User');
  if (input.projectId !== undefined)
    issue.projectId = found(input.projectId, (id) => workspace.projects.get(id), 'Project');
  if (input.parentId !== undefined)
    issue.parentId = found(input.parentId, (id) => workspace.findIssue(id), 'Issue');
  const added = input.addedLabelIds ?? [];
  const removed = new Set(input.removedLabelIds ?? []);
  const labelIds = [...new Set([...(input.labelIds ?? issue.labelIds), ...added])].filter(
    (id) => !removed.has(id),
  );
  if (labelIds.some((id) => workspace.labels.get(id) === undefined))
    throw inputError('Entity not found: IssueLabel: labelIds contained an entry that could not be found.');
  issue.labelIds = labelIds;
  if (input.stateId) {
    const state = workspace.states.get(input.stateId);
    const teamId = input.teamId ?? issue.teamId;
    if (state === undefined || state.teamId !== teamId) throw notFound('WorkflowState');
    enterState(issue, state, core.clock.iso());
  }
  return issue;
}

function enterState(issue: IssueRecord, state: StateRecord, now: string): void {
  if (issue.stateId === state.id) return;
  issue.stateId = state.id;
  const isStarted = state.type === 'started' || state.type === 'completed';
  issue.startedAt = isStarted ? (issue.startedAt ?? now) : null;
  issue.completedAt = state.type === 'completed' ? (issue.completedAt ?? now) : null;
  issue.canceledAt = state.type === 'canceled' ? (issue.canceledAt ?? now) : null;
}

/** A new team means a new identifier, and that team's own states. */
function moveToTeam(scope: WriteScope, issue: IssueRecord, input: IssueInput): void {
  const { workspace, core } = scope;
  const team = workspace.teams.get(input.teamId ?? '');
  if (team === undefined) throw notFound('Team');
  const former = workspace.states.get(issue.stateId);
  issue.teamId = team.id;
  issue.previousIdentifiers = [...issue.previousIdentifiers, issue.identifier];
  if (!input.stateId) {
    const states = workspace.statesOf(team.id);
    const alike = states.find((state) => state.type === former?.type) ?? states[0];
    if (alike !== undefined) enterState(issue, alike, core.clock.iso());
  }
  Object.assign(issue, workspace.takeNumber(team, issue.id));
}

function found(
  id: string | null,
  find: (id: string) => { id: string } | undefined,
  entity: string,
): string | null {
  if (id === null) return null;
  const node = find(id);
  if (node === undefined) throw notFound(entity);
  return node.id;
}

/** The former values of every field that differs. */
function differences(before: IssueRecord, after: IssueRecord): Record<string, unknown> {
  const former: Record<string, unknown> = {};
  for (const field of Object.keys(before) as (keyof IssueRecord)[])
    if (JSON.stringify(before[field]) !== JSON.stringify(after[field])) former[field] = before[field];
  return former;
}

function emit(
  { workspace, events, actor }: WriteScope,
  action: 'create' | 'update' | 'remove',
  issue: IssueRecord,
  updatedFrom?: Record<string, unknown>,
): void {
  events.emit(workspace, {
    type: 'Issue',
    action,
    data: issueData(workspace, issue),
    url: issueUrl(workspace, issue),
    ...(updatedFrom && { updatedFrom }),
    actor,
    teamId: issue.teamId,
  });
}
