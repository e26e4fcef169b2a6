import { randomUUID } from 'node:crypto';
import { userData, userUrl } from '../webhooks/payloads.ts';
import type { UserRecord } from '../world/records.ts';
import { listAll } from '../world/workspace.ts';
import type { WriteScope } from './write-scope.ts';

/** What of a member can be changed. */
export type UserChange = Partial<Omit<UserRecord, 'id' | 'createdAt' | 'updatedAt' | 'archivedAt'>>;

export function createUser(
  scope: WriteScope,
  user: { name: string; email: string } & UserChange,
): UserRecord {
  const { workspace, core } = scope;
  const now = core.clock.iso();
  const created = workspace.users.put({
    id: randomUUID(),
    createdAt: now,
    updatedAt: now,
    archivedAt: null,
    displayName: user.email.slice(0, user.email.indexOf('@')),
    active: true,
    admin: false,
    owner: false,
    guest: false,
    app: false,
    title: null,
    description: null,
    timezone: null,
    avatarUrl: null,
    statusEmoji: null,
    statusLabel: null,
    statusUntilAt: null,
    teamIds: listAll(workspace.teams)
      .slice(0, 1)
      .map((team) => team.id),
    ...user,
  });
  emit(scope, 'create', created);
  return created;
}

/** The member as they are now; a change that changes nothing moves no time and tells nobody. */
export function updateUser(scope: WriteScope, known: UserRecord, change: UserChange): UserRecord {
  const fields = Object.keys(change) as (keyof UserChange)[];
  const changed = fields.filter((field) => JSON.stringify(change[field]) !== JSON.stringify(known[field]));
  if (changed.length === 0) return known;
  const former = Object.fromEntries(changed.map((field) => [field, known[field]]));
  const user = scope.workspace.users.put({ ...known, ...change, updatedAt: scope.core.clock.iso() });
  emit(scope, 'update', user, { ...former, updatedAt: known.updatedAt });
  return user;
}

function emit(
  { workspace, events, actor }: WriteScope,
  action: 'create' | 'update',
  user: UserRecord,
  updatedFrom?: Record<string, unknown>,
): void {
  events.emit(workspace, {
    type: 'User',
    action,
    data: userData(workspace, user),
    url: userUrl(workspace, user),
    ...(updatedFrom && { updatedFrom }),
    actor,
    teamId: null,
  });
}
