/** Writes of tasks: what was asked, whether it may have been sent, and how it ended. */
import { and, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { integrations, type TaskRefusal, taskWrites } from '../schema/index.ts';

export type TaskWrite = typeof taskWrites.$inferSelect;

/**
 * The same id again (a repeated request) changes nothing of what was asked, except that one given up for an outage is taken up
 * again. Either way it counts as young from now on.
 */
export async function planTaskWrite(
  db: Executor,
  write: Pick<TaskWrite, 'id' | 'integrationId' | 'taskId' | 'remoteId' | 'request'>,
): Promise<void> {
  await db
    .insert(taskWrites)
    .values(write)
    .onConflictDoUpdate({
      target: taskWrites.id,
      set: {
        state: sql`case ${taskWrites.state} when 'refused' then 'sent' else ${taskWrites.state} end`,
        refusal: null,
        updatedAt: sql`now()`,
      },
      setWhere: sql`${taskWrites.state} in ('planned', 'sent')
        or (${taskWrites.state} = 'refused' and ${taskWrites.refusal}->>'code' = 'unavailable')`,
    });
}

export async function findTaskWrite(db: Executor, id: string): Promise<TaskWrite | undefined> {
  const [row] = await db.select().from(taskWrites).where(eq(taskWrites.id, id));
  return row;
}

const isOpen = inArray(taskWrites.state, ['planned', 'sent']);
const underWay = (id: string) => and(eq(taskWrites.id, id), isOpen);

/** Committed before the call: from now on nobody knows whether the task is there until somebody looks. */
export async function markTaskWriteSent(db: Executor, id: string): Promise<void> {
  await db.update(taskWrites).set({ state: 'sent', updatedAt: sql`now()` }).where(underWay(id));
}

export async function finishTaskWrite(db: Executor, id: string): Promise<void> {
  await db
    .update(taskWrites)
    .set({ state: 'done', refusal: null, updatedAt: sql`now()` })
    .where(underWay(id));
}

/** Refuses one that is still open, with `before` (ISO 8601) only where nothing touched it since. Returns whether it was. */
export async function refuseTaskWrite(
  db: Executor,
  id: string,
  { refusal, before }: { refusal: TaskRefusal; before?: string },
): Promise<boolean> {
  const untouched = before === undefined ? undefined : lt(taskWrites.updatedAt, before);
  const refused = await db
    .update(taskWrites)
    .set({ state: 'refused', refusal, updatedAt: sql`now()` })
    .where(and(underWay(id), untouched))
    .returning({ id: taskWrites.id });
  return refused.length > 0;
}

export type OpenTaskWrite = Pick<TaskWrite, 'id' | 'integrationId'>;

/** Writes that have not ended and that nothing touched since `before` (ISO 8601), those of integrations that are deleted left out. */
export async function taskWritesOpenSince(db: Executor, before: string): Promise<OpenTaskWrite[]> {
  const { id, integrationId, updatedAt } = taskWrites;
  return db
    .select({ id, integrationId })
    .from(taskWrites)
    .innerJoin(integrations, eq(integrations.id, integrationId))
    .where(and(isOpen, lt(updatedAt, before), isNull(integrations.deletingAt)))
    .orderBy(updatedAt)
    .limit(1000);
}

/** Forgets what ended longer ago than `keepMs`. */
export async function pruneTaskWrites(db: Executor, keepMs: number): Promise<void> {
  const before = new Date(Date.now() - keepMs).toISOString();
  await db
    .delete(taskWrites)
    .where(and(inArray(taskWrites.state, ['done', 'refused']), lt(taskWrites.updatedAt, before)));
}
