import { setTimeout as sleep } from 'node:timers/promises';
import { type IdPrefix, newId as newFreshId } from '../db/ids.ts';
import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import type { ApiDeps } from './deps.ts';
import { toRef } from './require-integration.ts';

const attempts = 20;
const settleDelayMs = 50;

/**
 * Asks for Refresh List or Sync Users and waits for its result; undefined when `timeoutMs` passed first. One that was
 * joined may have read the provider before what the caller wants to see, so after its end another one is asked for.
 */
export async function runAside<Result>(
  deps: ApiDeps,
  integration: IntegrationRow,
  ask: {
    kind: 'refresh-collections' | 'sync-users';
    newId: (prefix: IdPrefix) => string;
    timeoutMs: number;
  },
): Promise<Result | undefined> {
  const { kind, timeoutMs } = ask;
  let newId = ask.newId;
  for (let attempt = 1; ; attempt += 1) {
    const asked = { kind, operationId: newId('op') };
    const { operationId, disposition } = await deps.arbiter.request(toRef(integration), asked);
    const wait = { kind, integrationId: integration.id, operationId, timeoutMs };
    const outcome = await deps.arbiter.awaitOperation<Result>(wait);
    if (disposition !== 'joined' || outcome === undefined || attempt === attempts) return outcome;
    await sleep(settleDelayMs);
    // Under the same id it would give the same answer again.
    newId = newFreshId;
  }
}
