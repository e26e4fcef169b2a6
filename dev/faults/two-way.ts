/** Contacts in both directions: what a person does with them in Harmony, and the plans that they look at and apply. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultWorld, ListedIntegration } from './world.ts';

interface Plan {
  readonly id: string;
  readonly status: string;
}

const planPatienceMs = 45_000;

/** Chooses both directions, looks at the plan and applies it. Says how far that came. */
export async function goBothWays(world: FaultWorld, { id }: ListedIntegration): Promise<string> {
  const { status } = await world.api('PATCH', `/v1/integrations/${id}`, { syncDirection: 'bidirectional' });
  return status === 200 ? applyPendingPlan(world, id) : `answered ${status}`;
}

/** A plan that went stale meanwhile is made again by whoever asks again. */
export async function applyPendingPlan(world: FaultWorld, id: string): Promise<string> {
  const path = `/v1/integrations/${id}`;
  const asked = await world.api<Plan>('POST', `${path}/plan`, {});
  if (asked.status !== 202) return `the plan answered ${asked.status}`;
  const deadline = Date.now() + planPatienceMs;
  let plan = asked.body;
  while (plan.status === 'computing' && Date.now() < deadline) {
    await sleep(300);
    const seen = await world.api<Plan>('GET', `${path}/plans/${plan.id}`);
    if (seen.status !== 200) return `reading the plan answered ${seen.status}`;
    plan = seen.body;
  }
  if (plan.status !== 'ready') return `the plan is ${plan.status}`;
  const applied = await world.api('POST', `${path}/plans/${plan.id}/apply`, {});
  return `applying the plan answered ${applied.status}`;
}

type Change = { readonly do: 'contact-add' | 'contact-edit' | 'contact-archive'; readonly pick: number };

/** Does nothing while contacts only flow in: an edit then is Harmony's alone, and no invariant is about it. */
export async function changeContact(
  world: FaultWorld,
  integration: ListedIntegration,
  { do: verb, pick }: Change,
  number: number,
): Promise<string> {
  if (integration.approvedDirection !== 'bidirectional') return 'contacts only flow in';
  if (verb === 'contact-add') {
    const body = { firstName: `Made ${number}`, lastName: 'Here', email: `made.${number}@example.com` };
    return `answered ${(await world.api('POST', '/v1/contacts', body)).status}`;
  }
  const { body } = await world.api<{ data?: { id: string }[] }>('GET', '/v1/contacts?limit=100');
  const contacts = body.data ?? [];
  const chosen = contacts[pick % Math.max(1, contacts.length)];
  if (chosen === undefined) return 'there is no contact';
  const path = `/v1/contacts/${chosen.id}`;
  const answer =
    verb === 'contact-archive'
      ? await world.api('DELETE', path)
      : await world.api('PATCH', path, { firstName: `Renamed ${number}`, jobTitle: `By step ${number}` });
  return `answered ${answer.status}`;
}

/** Contacts that should be at the provider and are not; those that wait for a person to decide may be missing. */
export async function findUnsentContacts({ sql }: FaultWorld): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select c.id from contacts c join integrations i on i.user_id = c.user_id
    where i.provider = 'google-contacts' and i.phase = 'active' and i.deleting_at is null
      and i.approved_direction = 'bidirectional' and c.archived_at is null
      and not exists (select from contact_links l where l.contact_id = c.id and l.integration_id = i.id
        and l.tombstoned_at is null)
      and not exists (select from contact_conflicts k where k.contact_id = c.id and k.integration_id = i.id
        and k.resolved_at is null and k.kind <> 'value')`;
  return rows.map(({ id }) => `the contact ${id} never came to the provider`);
}
