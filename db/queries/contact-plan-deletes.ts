/** Who would go by a plan that a person sees. */
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactPlanDeletes } from '../schema/index.ts';

export type PlanDelete = Omit<typeof contactPlanDeletes.$inferSelect, 'planId'>;

const rowsAtOnce = 10_000;

/** In place of those that were stored of it before. */
export async function storePlanDeletes(
  tx: Transaction,
  planId: string,
  deletes: readonly PlanDelete[],
): Promise<void> {
  await tx.delete(contactPlanDeletes).where(eq(contactPlanDeletes.planId, planId));
  for (let at = 0; at < deletes.length; at += rowsAtOnce) {
    const rows = JSON.stringify(deletes.slice(at, at + rowsAtOnce));
    await tx.execute(sql`
      insert into contact_plan_deletes (plan_id, remote_id, contact_id, side)
      select ${planId}, "remoteId", "contactId", side
      from json_to_recordset(${rows}::json) as r("remoteId" text, "contactId" text, side text)`);
  }
}

/** Those of these remote contacts with whom somebody goes by the plan, each with the side. */
export async function findPlanDeletes(
  db: Executor,
  { planId, remoteIds }: { planId: string; remoteIds: readonly string[] },
): Promise<ReadonlyMap<string, PlanDelete['side']>> {
  if (remoteIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(contactPlanDeletes)
    .where(and(eq(contactPlanDeletes.planId, planId), inArray(contactPlanDeletes.remoteId, [...remoteIds])));
  return new Map(rows.map(({ remoteId, side }) => [remoteId, side]));
}
