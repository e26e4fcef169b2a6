/** What a person does when the trouble is over, and the wait until nothing is under way any more. */
import { setTimeout as sleep } from 'node:timers/promises';
import { reconcileScheduleId } from '../../workflows/messages.ts';
import { replaceKey } from './api-keys.ts';
import { reauthenticate } from './sign-in.ts';
import { applyPendingPlan } from './two-way.ts';
import type { FaultWorld, ListedIntegration } from './world.ts';

/** Longer than any backoff that a schedule of a minute can lead to. */
const patienceMs = 240_000;
const reauthenticatePatienceMs = 60_000;

/**
 * Signs in again where that is asked for, applies the plan of a parked run, deletes sign-ins that broke off, and asks for one sync of each. Answers what
 * did not come to rest; empty when all did.
 */
export async function settle(world: FaultWorld, mode: 'incremental' | 'full'): Promise<readonly string[]> {
  const stuck: string[] = [];
  await letTimePass(world);
  const listed = await world.list();
  await Promise.all(
    listed.map(async (one) => {
      if (one.phase === 'connecting') await world.api('DELETE', `/v1/integrations/${one.id}`);
      else stuck.push(...(await bringUpToDate(world, one, mode)));
    }),
  );
  return stuck;
}

/**
 * For as long as a provider's listings may lag behind (activities/contacts/grace.ts), a contact that one lacks is not
 * taken for gone. Nothing lags any more here, and nobody wants to wait for a quarter of an hour.
 */
async function letTimePass(world: FaultWorld): Promise<void> {
  const { sql } = world;
  await sql`update contact_links set updated_at = updated_at - interval '20 minutes',
    acked_at = acked_at - interval '20 minutes'`;
  // Of one that was to be removed and that the provider wrongly said not to know, a listing is believed after a day.
  await sql`update contact_links set tombstoned_at = tombstoned_at - interval '25 hours'`;
  await sql`update contact_work set due_at = due_at - interval '20 minutes'`;
  // What became of a create whose answer was lost is told by a complete listing that began so long after it.
  await sql`update contact_writes set sent_at = sent_at - interval '20 minutes'`;
  await sql`update stream_cursors set full_due_at = full_due_at - interval '20 minutes',
    full_listed_at = full_listed_at - interval '20 minutes',
    listing_started_at = listing_started_at - interval '20 minutes'`;
  // Nobody else carries these out, or ends them, than who does now.
  await sql`update task_writes set updated_at = updated_at - interval '20 minutes'`;
  await sql`update runs set started_at = started_at - interval '20 minutes' where status = 'running'`;
  // It comes every five minutes, and takes up what was asked for while the workflow engine was away.
  const { schedule } = await world.temporal();
  await schedule.getHandle(reconcileScheduleId).trigger();
}

async function bringUpToDate(
  world: FaultWorld,
  { id, provider, authKind, phase: firstPhase }: ListedIntegration,
  mode: 'incremental' | 'full',
): Promise<string[]> {
  const path = `/v1/integrations/${id}`;
  const deadline = Date.now() + patienceMs;
  let phase = firstPhase;
  let last = 'nothing was answered';
  while (Date.now() < deadline) {
    if (phase === 'needs_reauth') last = await signInAgain(world, id, authKind);
    if (phase === 'parked') last = await applyPendingPlan(world, id);
    const asked = await world.api<{ runId?: string; disposition?: string }>('POST', `${path}/sync`, { mode });
    if (asked.status === 202 && asked.body.runId !== undefined) {
      const run = await endOf(world, `${path}/runs/${asked.body.runId}`, deadline);
      // One that was under way already may have read while faults still held.
      const isOver = run?.status === 'succeeded' && asked.body.disposition !== 'joined';
      // The first sync finds that a complete listing is needed for those, the second one has it, as two checks would.
      const isOpen = isOver && (await hasOpenCreates(world, id));
      if (isOver && !isOpen) return [];
      last = isOpen ? 'a create is still open' : `the last run: ${JSON.stringify(run)}`;
    } else last = `the sync answered ${asked.status} ${JSON.stringify(asked.body)}`;
    // A grant that Delete of a sibling revoked, or a limit that a fault asked for: look again a moment later.
    await sleep(1_500);
    const now = await world.api<{ phase?: string }>('GET', path);
    if (now.status === 404) return [];
    phase = now.body.phase ?? phase;
  }
  return [`${provider} ${id} did not come up to date by a ${mode} sync; ${last}`];
}

/** Sent, and nobody knows whether they arrived; but for those about which a person is asked. */
async function hasOpenCreates({ sql }: FaultWorld, integrationId: string): Promise<boolean> {
  const rows = await sql`
    select 1 from contact_writes w where w.integration_id = ${integrationId} and w.kind = 'create'
      and w.state in ('sent', 'unknown') and not exists (select from contact_conflicts k
        where k.integration_id = w.integration_id and k.contact_id = w.record_id and k.kind = 'maybe_merged' and k.resolved_at is null)`;
  return rows.length > 0;
}

async function signInAgain(world: FaultWorld, id: string, authKind: string): Promise<string> {
  const said = await (authKind === 'api_key' ? replaceKey(world, id) : reauthenticate(world, id));
  const deadline = Date.now() + reauthenticatePatienceMs;
  while (Date.now() < deadline) {
    const { body } = await world.api<{ phase?: string }>('GET', `/v1/integrations/${id}`);
    if (body.phase === 'active') return said;
    await sleep(300);
  }
  return `signing in again: ${said}`;
}

interface Run {
  readonly status: string;
}

async function endOf(world: FaultWorld, path: string, deadline: number): Promise<Run | undefined> {
  let last: Run | undefined;
  while (Date.now() < deadline) {
    const { status, body } = await world.api<Run>('GET', path);
    if (status === 404) return undefined;
    last = body;
    if (status === 200 && body.status !== 'running') return body;
    await sleep(300);
  }
  return last;
}
