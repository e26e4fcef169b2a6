import type { Executor } from '../client.ts';
import { newId } from '../ids.ts';
import { auditLog } from '../schema/index.ts';

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
