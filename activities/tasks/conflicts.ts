/** Whether a change to a task would overwrite somebody else's newer one: pure rules. */
import type { TaskFields, TaskWriteRequest } from '../../db/schema/index.ts';
import type { TaskRecord } from '../../providers/contract/index.ts';

const labels = {
  title: 'title',
  description: 'description',
  state: 'state',
  assigneeRemoteId: 'assignee',
} as const satisfies Record<keyof TaskFields, string>;

type Field = keyof typeof labels;
const fields = Object.keys(labels) as Field[];

/** An absent text and an empty one are the same; states are named in any case. */
function canonical(field: Field, value: string | null | undefined): string {
  const text = value ?? '';
  return field === 'state' ? text.trim().toLocaleLowerCase('en') : text;
}

const isSame = (field: Field, a: string | null | undefined, b: string | null | undefined): boolean =>
  canonical(field, a) === canonical(field, b);

/** All that is wanted is there already, e.g. because an earlier try got through. */
export function isApplied(current: TaskRecord, change: TaskFields): boolean {
  return fields.every((field) => change[field] === undefined || isSame(field, current[field], change[field]));
}

/** The fields, in words, that the change names and that are neither as the caller saw them nor as they are wanted. */
export function findConflicts(
  current: TaskRecord,
  { change, base, baseUpdatedAt }: Extract<TaskWriteRequest, { kind: 'change' }>,
): string[] {
  if (current.updatedAt !== undefined && baseUpdatedAt !== null) {
    if (Date.parse(current.updatedAt) <= Date.parse(baseUpdatedAt)) return [];
  }
  return fields
    .filter((field) => change[field] !== undefined)
    .filter(
      (field) => !isSame(field, current[field], base[field]) && !isSame(field, current[field], change[field]),
    )
    .map((field) => labels[field]);
}
