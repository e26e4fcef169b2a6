import type { Executor } from '../db/client.ts';
import { findUser, findWorkspace } from '../db/queries/identity.ts';
import type { Scope } from '../db/queries/scope.ts';
import type { Session } from './contract/session.ts';
import { notFound } from './problem.ts';

/** Who a caller is, in words. `expiresAt`: ISO 8601 UTC, null where it never ends. */
export async function describeSession(
  db: Executor,
  scope: Scope,
  expiresAt: string | null,
): Promise<Session> {
  const workspace = await findWorkspace(db, scope.workspaceId);
  if (workspace === undefined) throw notFound('workspace');
  const user = scope.userId === null ? undefined : await findUser(db, scope.workspaceId, scope.userId);
  return {
    user: user === undefined ? null : { id: user.id, name: user.name, email: user.email },
    workspace: { id: workspace.id, name: workspace.name },
    expiresAt,
  };
}
