import { and, desc, eq, lt } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { newId } from '../ids.ts';
import { auditLog } from '../schema/index.ts';
import { type Page, toPage } from './scope.ts';

export interface AuditEntry {
  readonly workspaceId: string;
  /** `user:<id>`, `key:<id>` or `system`. */
  readonly actor: string;
  /** e.g. `integration.delete`. */
  readonly action: string;
  /** The id of what was acted on. */
  readonly target: string;
  /** Settings and counts; never a token or a record. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export async function recordAudit(db: Executor, entry: AuditEntry): Promise<void> {
  await db.insert(auditLog).values({ id: newId('aud'), ...entry, details: entry.details ?? {} });
}

/** The newest first; ids grow with time. */
export async function listAudit(
  db: Executor,
  workspaceId: string,
  list: { limit: number; before?: string | undefined; target?: string | undefined },
): Promise<Page<typeof auditLog.$inferSelect>> {
  const conditions = [eq(auditLog.workspaceId, workspaceId)];
  if (list.before !== undefined) conditions.push(lt(auditLog.id, list.before));
  if (list.target !== undefined) conditions.push(eq(auditLog.target, list.target));
  const rows = await db
    .select()
    .from(auditLog)
    .where(and(...conditions))
    .orderBy(desc(auditLog.id))
    .limit(list.limit + 1);
  return toPage(rows, list.limit);
}
