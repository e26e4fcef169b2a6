import { randomUUID } from 'node:crypto';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { inputError } from '../graphql/errors.ts';
import type { LinearSettings } from '../settings.ts';
import type { LinearEvents } from '../webhooks/events.ts';
import { isUuidV4 } from '../world/ids.ts';
import type { UserRecord } from '../world/records.ts';
import type { Workspace } from '../world/workspace.ts';

/** Where a write happens and who does it, through the API or on Linear's own pages. */
export interface WriteScope {
  core: SandboxCore<LinearSettings>;
  workspace: Workspace;
  events: LinearEvents;
  actor: UserRecord | undefined;
}

/**
 * The id of a new node: the client's UUID v4, or one of ours. Where it is taken, an error or the existing node, as the
 * settings say (what Linear answers is unconfirmed).
 */
export function readNewId<T>(
  given: string | null | undefined,
  entity: string,
  find: (id: string) => T | undefined,
  core: SandboxCore<LinearSettings>,
): { id: string; existing?: T } {
  if (given === null || given === undefined) return { id: randomUUID() };
  if (!isUuidV4(given)) throw inputError('Argument Validation Error', 'id must be a UUID');
  const id = given.toLowerCase();
  const existing = find(id);
  if (existing === undefined) return { id };
  if (core.settings().secondCreate === 'existing') return { id, existing };
  throw inputError(`Entity already exists: ${entity}`, `${entity} with this id already exists.`);
}
