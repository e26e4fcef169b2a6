/** Tasks in words. Pure. */
import type { PatchTask, StateCategory, Task, WorkspaceUser } from '../../api/contract/index.ts';
import type { Tone } from './state.ts';

export const stateLabels: Readonly<Record<StateCategory, string>> = {
  backlog: 'Backlog',
  todo: 'To do',
  in_progress: 'In progress',
  done: 'Done',
  cancelled: 'Cancelled',
};

const tones: Readonly<Record<StateCategory, Tone>> = {
  backlog: 'quiet',
  todo: 'quiet',
  in_progress: 'busy',
  done: 'good',
  cancelled: 'quiet',
};

/** The provider's own word, coloured by what it means. */
export function describeTaskState({ state, stateCategory }: Pick<Task, 'state' | 'stateCategory'>): {
  tone: Tone;
  text: string;
} {
  return {
    tone: stateCategory === null ? 'quiet' : tones[stateCategory],
    text: state ?? (stateCategory === null ? 'No state' : stateLabels[stateCategory]),
  };
}

const priorities = ['', 'Urgent', 'High priority', 'Medium priority', 'Low priority'];
export const describePriority = ({ priority }: Pick<Task, 'priority'>): string =>
  priorities[priority ?? 0] ?? '';

export function describeAssignee({ assignee }: Pick<Task, 'assignee'>): string {
  if (assignee === null) return 'Nobody';
  return assignee.name ?? 'Somebody whom Harmony does not know yet';
}

/** Nobody, whoever it is now, and the users of the workspace, undefined while they are not known. */
export function assigneeChoices({
  value,
  name,
  users = [],
}: {
  readonly value: string;
  readonly name?: string | undefined;
  readonly users?: readonly WorkspaceUser[] | undefined;
}): { value: string; label: string }[] {
  const known = users.map((user) => ({ value: user.id, label: user.name }));
  // Else the control would show nobody.
  const isMissing = value !== '' && !known.some((choice) => choice.value === value);
  return [
    { value: '', label: 'Nobody' },
    ...(isMissing ? [{ value, label: name ?? 'Whoever was chosen' }] : []),
    ...known,
  ];
}

/** What a task says, as a form holds it. */
export interface TaskText {
  readonly title: string;
  readonly description: string;
}

export const textOf = ({ title, description }: Pick<Task, 'title' | 'description'>): TaskText => ({
  title,
  description: description ?? '',
});

/** What has to be sent: only what differs, null for a description that was emptied. */
export function changedText(before: TaskText, after: TaskText): Pick<PatchTask, 'title' | 'description'> {
  const differs = (field: keyof TaskText): boolean => before[field].trim() !== after[field].trim();
  return {
    ...(differs('title') && { title: after.title.trim() }),
    ...(differs('description') && { description: after.description.trim() || null }),
  };
}

export const isChanged = (before: TaskText, after: TaskText): boolean =>
  Object.keys(changedText(before, after)).length > 0;

export const savingSlowly =
  'The provider is slow. Saving goes on, also if you leave; you are told how it ends.';

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
/** "due 1 Dec". */
export const describeDue = ({ dueOn }: Pick<Task, 'dueOn'>): string =>
  dueOn === null ? '' : `due ${day.format(Date.parse(dueOn))}`;
