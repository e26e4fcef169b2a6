/** Compiles Linear's filter inputs to tests of a record. */
import type { TimeBounds, TimeOrder } from '../world/collection.ts';
import { isUuidV4 } from '../world/ids.ts';
import type { LinearNode } from '../world/records.ts';
import type { Workspace } from '../world/workspace.ts';
import { type Comparator, compileComparator, readTime } from './comparators.ts';

export type Filter = Record<string, unknown>;
export type Kind = 'issue' | 'user' | 'team' | 'state' | 'label' | 'project' | 'comment';

export interface FilterScope {
  workspace: Workspace;
  seq: number;
  nowMs: number;
  viewerId: string;
}

type Relation = { kind: Kind; one: (record: Row, scope: FilterScope) => LinearNode | undefined };
type Row = LinearNode & Record<string, unknown>;

const byId =
  (collection: 'issues' | 'users' | 'teams' | 'states' | 'projects', field: string) =>
  (record: Row, { workspace, seq }: FilterScope) => {
    const id = record[field];
    return typeof id === 'string' ? workspace[collection].get(id, seq) : undefined;
  };

const relations: Record<Kind, Record<string, Relation>> = {
  issue: {
    assignee: { kind: 'user', one: byId('users', 'assigneeId') },
    creator: { kind: 'user', one: byId('users', 'creatorId') },
    team: { kind: 'team', one: byId('teams', 'teamId') },
    state: { kind: 'state', one: byId('states', 'stateId') },
    project: { kind: 'project', one: byId('projects', 'projectId') },
    parent: { kind: 'issue', one: byId('issues', 'parentId') },
  },
  user: {},
  team: {},
  state: { team: { kind: 'team', one: byId('teams', 'teamId') } },
  label: {
    team: { kind: 'team', one: byId('teams', 'teamId') },
    creator: { kind: 'user', one: () => undefined },
    parent: { kind: 'label', one: () => undefined },
  },
  project: { lead: { kind: 'user', one: byId('users', 'leadId') } },
  comment: {
    issue: { kind: 'issue', one: byId('issues', 'issueId') },
    user: { kind: 'user', one: byId('users', 'userId') },
  },
};

const times = new Set(['createdAt', 'updatedAt', 'archivedAt', 'startedAt', 'completedAt', 'canceledAt']);

export type Test = (record: LinearNode) => boolean;

/** A test that holds where every field of the filter does. Throws INPUT_ERROR on a malformed value. */
export function compileFilter(kind: Kind, filter: Filter, scope: FilterScope): Test {
  const tests = Object.entries(filter)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([field, value]) => compileField(kind, field, value, scope));
  return (record) => tests.every((test) => test(record));
}

function compileField(kind: Kind, field: string, value: unknown, scope: FilterScope): Test {
  if (field === 'and' || field === 'or') {
    const parts = (value as Filter[]).map((part) => compileFilter(kind, part, scope));
    return field === 'and'
      ? (record) => parts.every((part) => part(record))
      : (record) => parts.length === 0 || parts.some((part) => part(record));
  }
  if (kind === 'issue' && field === 'labels') return compileLabels(value as Filter, scope);
  const relation = relations[kind][field];
  if (relation !== undefined) return compileRelation(relation, value as Filter, scope);
  const comparator =
    kind === 'issue' && field === 'id' ? resolveIdentifiers(value as Comparator, scope) : value;
  const test = compileComparator(comparator as Comparator, times.has(field), scope.nowMs);
  if (field === 'isMe') return (record) => test(record.id === scope.viewerId);
  if (field === 'isGroup') return () => test(false);
  return (record) => test((record as Row)[field] as string);
}

function compileRelation(relation: Relation, filter: Filter, scope: FilterScope): Test {
  const { null: isNull, ...rest } = filter;
  const matches = compileFilter(relation.kind, rest, scope);
  return (record) => {
    const related = relation.one(record as Row, scope);
    if (isNull === true) return related === undefined;
    return related !== undefined && matches(related);
  };
}

/** Labels of an issue: fields beside `some` and `every` ask for at least one label, as `some` does. */
function compileLabels(filter: Filter, scope: FilterScope): Test {
  const { some, every, length, null: isNull, and, or, ...direct } = filter;
  const tests: ((labels: LinearNode[]) => boolean)[] = [];
  const any = (part: Filter) => {
    const test = compileFilter('label', part, scope);
    tests.push((labels) => labels.some(test));
  };
  if (some) any(some as Filter);
  if (Object.values(direct).some((value) => value !== null && value !== undefined)) any(direct);
  if (every) {
    const test = compileFilter('label', every as Filter, scope);
    tests.push((labels) => labels.every(test));
  }
  if (length) {
    const test = compileComparator(length as Comparator, false, scope.nowMs);
    tests.push((labels) => test(labels.length));
  }
  if (typeof isNull === 'boolean') tests.push((labels) => (labels.length === 0) === isNull);
  const labelsOf = (record: LinearNode) =>
    ((record as Row).labelIds as string[]).flatMap((id) => scope.workspace.labels.get(id, scope.seq) ?? []);
  const nested = {
    and: ((and ?? []) as Filter[]).map((part) => compileLabels(part, scope)),
    or: ((or ?? []) as Filter[]).map((part) => compileLabels(part, scope)),
  };
  return (record) => {
    const labels = labelsOf(record);
    return (
      tests.every((test) => test(labels)) &&
      nested.and.every((test) => test(record)) &&
      (nested.or.length === 0 || nested.or.some((test) => test(record)))
    );
  };
}

function resolveIdentifiers(comparator: Comparator, { workspace }: FilterScope): Comparator {
  const resolve = (id: unknown) => (isUuidV4(String(id)) ? id : workspace.issueIdOf(String(id)));
  return Object.fromEntries(
    Object.entries(comparator).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(resolve) : typeof value === 'string' ? resolve(value) : value,
    ]),
  );
}

/** The ids that a filter narrows a listing to; undefined where it names none. */
export function idsOf(filter: Filter | null | undefined, workspace: Workspace): string[] | undefined {
  const id = filter?.id as Comparator | null | undefined;
  const named = id?.eq !== undefined && id.eq !== null ? [id.eq] : (id?.in as unknown[] | null | undefined);
  return named?.map((one) => workspace.issueIdOf(String(one)));
}

/** What a filter says at its top level about the two times that listings are ordered by. */
export function boundsOf(
  filter: Filter | null | undefined,
  nowMs: number,
): Partial<Record<TimeOrder, TimeBounds>> {
  const found: Partial<Record<TimeOrder, TimeBounds>> = {};
  for (const order of ['createdAt', 'updatedAt'] as const) {
    const comparator = filter?.[order] as Comparator | null | undefined;
    if (!comparator) continue;
    const ms = (name: string) => {
      const value = comparator[name];
      return typeof value === 'string' ? readTime(value, nowMs) : undefined;
    };
    found[order] = {
      minMs: Math.max(ms('gt') ?? -Infinity, ms('gte') ?? -Infinity, ms('eq') ?? -Infinity),
      maxMs: Math.min(ms('lt') ?? Infinity, ms('lte') ?? Infinity, ms('eq') ?? Infinity),
    };
  }
  return found;
}
