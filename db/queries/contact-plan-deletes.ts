/** Who would go by a plan that a person sees. */
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { contactPlanDeletes } from '../schema/index.ts';

export type PlanDelete = Omit<typeof contactPlanDeletes.$inferSelect, 'planId'>;

const rowsAtOnce = 10_000;

/** Of a plan that has just been worked out. */
export async function insertPlanDeletes(
  tx: Transaction,
  planId: string,
  deletes: readonly PlanDelete[],
): Promise<void> {
  for (let at = 0; at < deletes.length; at += rowsAtOnce) {
    const rows = JSON.stringify(deletes.slice(at, at + rowsAtOnce));
    await tx.execute(sql`
      insert into contact_plan_deletes (plan_id, remote_id, contact_id, side)
      select ${planId}, "remoteId", "contactId", side
      from json_to_recordset(${rows}::json) as r("remoteId" text, "contactId" text, side text)`);
  }
}

/** Those of these remote contacts with whom somebody goes by the plan, each with the side; none without a plan. */
export async function findPlanDeletes(
  db: Executor,
  { planId, remoteIds }: { planId: string | undefined; remoteIds: readonly string[] },
): Promise<ReadonlyMap<string, PlanDelete['side']>> {
  if (planId === undefined || remoteIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(contactPlanDeletes)
    .where(and(eq(contactPlanDeletes.planId, planId), inArray(contactPlanDeletes.remoteId, [...remoteIds])));
  return new Map(rows.map(({ remoteId, side }) => [remoteId, side]));
}
