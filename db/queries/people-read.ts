/** Who the people of the other side are here, and how much work each mapping affects. */
import { and, count, eq, isNull, ne, type SQL, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { people, tasks } from '../schema/index.ts';
import { type Page, toPage } from './scope.ts';

export interface MappedPerson {
  readonly remoteId: string;
  readonly name: string;
  readonly email: string | null;
  readonly active: boolean;
  readonly userId: string | null;
  readonly match: 'email' | 'manual' | null;
  readonly taskCount: number;
}

export interface PersonPosition {
  readonly taskCount: number;
  readonly remoteId: string;
}

/** Active, without a user, and nobody has decided on nobody. */
const isUnmapped = and(eq(people.active, true), isNull(people.mappedUserId), isNull(people.match));

const select = (db: Executor, integrationId: string, conditions: readonly (SQL | undefined)[]) => {
  const load = db
    .select({ remoteId: tasks.assigneeRemoteId, taskCount: count().as('task_count') })
    .from(tasks)
    .where(and(eq(tasks.integrationId, integrationId), eq(tasks.archived, false)))
    .groupBy(tasks.assigneeRemoteId)
    .as('load');
  const taskCount = sql<number>`coalesce(${load.taskCount}, 0)::int`;
  const { remoteId, name, email, active, mappedUserId: userId, match } = people;
  const query = (after: PersonPosition | undefined) =>
    db
      .select({ remoteId, name, email, active, userId, match, taskCount })
      .from(people)
      .leftJoin(load, eq(load.remoteId, people.remoteId))
      .where(
        and(
          eq(people.integrationId, integrationId),
          ...conditions,
          after === undefined
            ? undefined
            : sql`(${taskCount}, ${remoteId}) < (${after.taskCount}::int, ${after.remoteId})`,
        ),
      )
      .orderBy(sql`${taskCount} desc`, sql`${remoteId} desc`);
  return query;
};

/** Whoever has the most tasks first: there a missing mapping hurts most. */
export async function listPeople(
  db: Executor,
  integrationId: string,
  list: { limit: number; after?: PersonPosition | undefined; unmapped: boolean },
): Promise<Page<MappedPerson>> {
  const rows = await select(
    db,
    integrationId,
    list.unmapped ? [isUnmapped] : [],
  )(list.after).limit(list.limit + 1);
  return toPage(rows, list.limit);
}

export async function findPerson(
  db: Executor,
  integrationId: string,
  remoteId: string,
): Promise<MappedPerson | undefined> {
  const [row] = await select(db, integrationId, [eq(people.remoteId, remoteId)])(undefined);
  return row;
}

export async function countUnmapped(db: Executor, integrationId: string): Promise<number> {
  return db.$count(people, and(eq(people.integrationId, integrationId), isUnmapped));
}

/** The person that a user is there; an active one before a deactivated one. */
export async function findPersonOf(
  db: Executor,
  integrationId: string,
  userId: string,
): Promise<{ remoteId: string; name: string; active: boolean } | undefined> {
  const [row] = await db
    .select({ remoteId: people.remoteId, name: people.name, active: people.active })
    .from(people)
    .where(and(eq(people.integrationId, integrationId), eq(people.mappedUserId, userId)))
    .orderBy(sql`${people.active} desc`)
    .limit(1);
  return row;
}

/** Another active person who is that user already. */
export async function findOtherPersonOf(
  db: Executor,
  integrationId: string,
  of: { userId: string; remoteId: string },
): Promise<string | undefined> {
  const [row] = await db
    .select({ name: people.name })
    .from(people)
    .where(
      and(
        eq(people.integrationId, integrationId),
        eq(people.mappedUserId, of.userId),
        eq(people.active, true),
        ne(people.remoteId, of.remoteId),
      ),
    )
    .limit(1);
  return row?.name;
}
