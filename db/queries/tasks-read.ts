/** Tasks as the Companion reads them, the last changed first. */
import { and, eq, getTableColumns, isNotNull, type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { collections, people, taskComments, tasks } from '../schema/index.ts';
import { type Page, type Scope, toPage, within } from './scope.ts';

const { raw: _raw, ...columns } = getTableColumns(tasks);

const selection = { task: columns, assigneeName: people.name, assigneeUserId: people.mappedUserId };

export interface ReadableTask {
  readonly task: Omit<typeof tasks.$inferSelect, 'raw'>;
  readonly assigneeName: string | null;
  readonly assigneeUserId: string | null;
}

export interface TaskPosition {
  readonly remoteUpdatedAt: string | null;
  readonly id: string;
}

export interface ListTasks {
  readonly limit: number;
  /** The last row of the page before. */
  readonly after?: TaskPosition | undefined;
  readonly integrationId?: string | undefined;
  readonly collectionId?: string | undefined;
  readonly assigneeUserId?: string | undefined;
  readonly stateCategory?: string | undefined;
  readonly includeArchived: boolean;
}

const select = (db: Executor, conditions: readonly (SQL | undefined)[]) =>
  db
    .select(selection)
    .from(tasks)
    .leftJoin(
      people,
      and(eq(people.integrationId, tasks.integrationId), eq(people.remoteId, tasks.assigneeRemoteId)),
    )
    .leftJoin(collections, eq(collections.id, tasks.collectionId))
    // Records that were kept when their integration went have no collection any more.
    .where(and(sql`${collections.subscribed} is not false`, ...conditions));

/** Tasks of unticked collections are left out. */
export async function listTasks(db: Executor, scope: Scope, list: ListTasks): Promise<Page<ReadableTask>> {
  const conditions: (SQL | undefined)[] = [within(tasks, scope)];
  if (list.integrationId !== undefined) conditions.push(eq(tasks.integrationId, list.integrationId));
  if (list.collectionId !== undefined) conditions.push(eq(tasks.collectionId, list.collectionId));
  if (list.assigneeUserId !== undefined) conditions.push(eq(people.mappedUserId, list.assigneeUserId));
  if (list.stateCategory !== undefined) conditions.push(sql`${tasks.stateCategory} = ${list.stateCategory}`);
  if (!list.includeArchived) conditions.push(eq(tasks.archived, false));
  if (list.after !== undefined) {
    const { remoteUpdatedAt, id } = list.after;
    conditions.push(
      sql`(coalesce(${tasks.remoteUpdatedAt}, '-infinity'), ${tasks.id}) < (coalesce(${remoteUpdatedAt}::timestamptz, '-infinity'), ${id})`,
    );
  }
  const rows = await select(db, conditions)
    .orderBy(sql`${tasks.remoteUpdatedAt} desc nulls last`, sql`${tasks.id} desc`)
    .limit(list.limit + 1);
  return toPage(rows, list.limit);
}

export async function findTask(
  db: Executor,
  scope: Scope,
  taskId: string,
): Promise<ReadableTask | undefined> {
  const [row] = await select(db, [within(tasks, scope), eq(tasks.id, taskId)]);
  return row;
}

/** The states that tasks of a collection are in, by name. */
export function listTaskStates(
  db: Executor,
  scope: Scope,
  collectionId: string,
): Promise<{ name: string; category: (typeof tasks.$inferSelect)['stateCategory'] }[]> {
  return db
    .selectDistinct({ name: sql<string>`${tasks.state}`, category: tasks.stateCategory })
    .from(tasks)
    .where(
      and(
        within(tasks, scope),
        eq(tasks.collectionId, collectionId),
        eq(tasks.archived, false),
        isNotNull(tasks.state),
      ),
    )
    .orderBy(sql`1`);
}

export interface ReadableComment {
  readonly id: string;
  readonly author: string | null;
  readonly body: string;
  readonly remoteUpdatedAt: string | null;
}

/** The oldest first. */
export function listComments(
  db: Executor,
  task: { integrationId: string; remoteId: string },
): Promise<ReadableComment[]> {
  return db
    .select({
      id: taskComments.id,
      author: people.name,
      body: taskComments.body,
      remoteUpdatedAt: taskComments.remoteUpdatedAt,
    })
    .from(taskComments)
    .leftJoin(
      people,
      and(
        eq(people.integrationId, taskComments.integrationId),
        eq(people.remoteId, taskComments.authorRemoteId),
      ),
    )
    .where(
      and(eq(taskComments.integrationId, task.integrationId), eq(taskComments.taskRemoteId, task.remoteId)),
    )
    .orderBy(sql`${taskComments.raw}->>'createdAt'`, taskComments.id);
}
