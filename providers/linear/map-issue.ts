import type { TaskRecord } from '../contract/index.ts';
import type { ListedNode } from './listing.ts';

/** An issue with the fields that `issueFields` asks for. */
export interface LinearIssue extends ListedNode {
  readonly identifier: string;
  readonly title: string;
  readonly description: string | null;
  readonly priority: number;
  readonly estimate: number | null;
  readonly url: string;
  readonly createdAt: string;
  readonly completedAt: string | null;
  readonly canceledAt: string | null;
  readonly dueDate: string | null;
  readonly trashed: boolean | null;
  readonly labelIds: readonly string[];
  readonly state: { readonly name: string; readonly type: string } | null;
  readonly assignee: { readonly id: string } | null;
  readonly project: { readonly id: string; readonly name: string } | null;
}

/**
 * Labels come as ids: a nested connection would cost ten times the rest of the page
 * (https://linear.app/developers/rate-limiting#complexity).
 */
export const issueFields = `id identifier title description priority estimate url createdAt updatedAt archivedAt
  completedAt canceledAt dueDate trashed labelIds state { name type } assignee { id } project { id name }`;

const categories: Readonly<Record<string, TaskRecord['stateCategory']>> = {
  triage: 'backlog',
  backlog: 'backlog',
  unstarted: 'todo',
  started: 'in_progress',
  completed: 'done',
  canceled: 'cancelled',
  duplicate: 'cancelled',
};

/** `labelNames` by id; a label without a name there is left out. */
export function mapIssue(issue: LinearIssue, labelNames: ReadonlyMap<string, string>): TaskRecord {
  const labels = issue.labelIds.flatMap((id) => labelNames.get(id) ?? []).sort();
  return {
    remoteId: issue.id,
    updatedAt: issue.updatedAt,
    // The names go in too: a renamed label is a changed task.
    raw: { ...issue, labels },
    identifier: issue.identifier,
    title: issue.title,
    description: issue.description ?? null,
    state: issue.state?.name ?? null,
    stateCategory: categories[issue.state?.type ?? ''] ?? null,
    priority: issue.priority,
    assigneeRemoteId: issue.assignee?.id ?? null,
    projectName: issue.project?.name ?? null,
    labels,
    dueOn: issue.dueDate ?? null,
    url: issue.url,
    archived: typeof issue.archivedAt === 'string',
  };
}
