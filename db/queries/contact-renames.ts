/** Remote contacts under a new id, or joined with one another: their links follow. */
import { and, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import {
  contactLinks,
  isGivenUpDelete,
  isOpenDouble,
  isOpenWrite,
  keeperOfDouble,
  personDecides,
} from '../schema/index.ts';
import { type ContactRow, linksNamed, type MirrorRules } from './contact-mirror-rules.ts';
import { closeContactQuestions } from './contact-passing-conflicts.ts';
import { noteElsewhere } from './contact-queue.ts';
import { noteGone } from './contacts-gone.ts';
import type { MirrorContext } from './mirror.ts';

/**
 * A contact's id can change when it is joined with a profile or merged; the link keeps its Harmony contact. Returns how
 * many living rows went: those of former ids, and of new ones, that were tied to no contact.
 */
export async function applyRenames(
  tx: Transaction,
  context: MirrorContext,
  { rows, rules }: { rows: readonly ContactRow[]; rules: MirrorRules },
): Promise<number> {
  const renamed = rows.filter(({ formerRemoteIds }) => formerRemoteIds.length > 0);
  if (renamed.length === 0) return 0;
  const ids = renamed.flatMap(({ remoteId, formerRemoteIds }) => [remoteId, ...formerRemoteIds]);
  const found = await tx
    .select({
      remoteId: contactLinks.remoteId,
      contactId: contactLinks.contactId,
      gone: contactLinks.tombstonedAt,
    })
    .from(contactLinks)
    .where(and(eq(contactLinks.integrationId, context.integrationId), linksNamed(ids)));
  const tied = found.filter(({ contactId }) => contactId !== null);
  const taken = new Set(tied.map(({ remoteId }) => remoteId));
  const linked = new Set(tied.flatMap(({ remoteId, gone }) => (gone === null ? remoteId : [])));
  await followDecisions(tx, context.integrationId, renamed);
  const { renames, collisions } = rules.planRenames(
    renamed,
    (id) => linked.has(id),
    (id) => taken.has(id),
  );
  let displaced = 0;
  for (const { from, to } of renames)
    displaced += await renameLink(tx, { integrationId: context.integrationId, from, to });
  const merged: string[] = [];
  for (const { from, to } of rules.path === 'none' ? [] : collisions) {
    const links = found.filter(({ remoteId }) => remoteId !== to && from.includes(remoteId));
    await parkMerged(tx, context, { links, rules, into: to });
    merged.push(...links.map(({ remoteId }) => remoteId));
  }
  const present = new Set(renamed.map(({ remoteId }) => remoteId));
  const former = renamed.flatMap(({ formerRemoteIds }) => formerRemoteIds).filter((id) => !present.has(id));
  const untied = found.filter(({ contactId, gone }) => contactId === null && gone === null);
  const left = untied.map(({ remoteId }) => remoteId).filter((id) => former.includes(id));
  const lost = new Set([...collisions.flatMap(({ from }) => from), ...left]);
  for (const { remoteId: to, formerRemoteIds } of renamed)
    for (const from of formerRemoteIds)
      if (lost.has(from) && !present.has(from))
        await renameCandidate(tx, { integrationId: context.integrationId, from, to });
  // Under its former name nobody is there, unless this very page shows them.
  const shown = new Set(rows.map(({ remoteId }) => remoteId));
  const gone = [...left, ...merged.filter((id) => !shown.has(id))];
  return displaced + (await noteGone(tx, context, { remoteIds: gone, rules }));
}

/** What a person said with the plan that is being carried out is about the contact, whatever it is called by now. */
async function followDecisions(
  tx: Transaction,
  integrationId: string,
  renamed: readonly ContactRow[],
): Promise<void> {
  const names = renamed.flatMap(({ remoteId, formerRemoteIds }) =>
    formerRemoteIds.map((former) => [former, remoteId] as const),
  );
  const present = sql`coalesce(${JSON.stringify(Object.fromEntries(names))}::jsonb -> (d ->> 'remoteId'), d -> 'remoteId')`;
  await tx.execute(sql`
    update contact_plans set decisions = (
      select jsonb_agg(jsonb_set(d, '{remoteId}', ${present}) order by at)
      from jsonb_array_elements(decisions) with ordinality as decided(d, at))
    where integration_id = ${integrationId} and status = 'applying' and jsonb_array_length(decisions) > 0`);
}

/** The target's row, where it has one, was tied to no contact. Returns 1 where that was a living one. */
export async function renameLink(
  tx: Transaction,
  { integrationId, from, to }: { integrationId: string; from: string; to: string },
): Promise<number> {
  const displaced = await tx.execute<{ isLiving: boolean }>(sql`
    delete from contact_links where integration_id = ${integrationId} and remote_id = ${to}
    returning tombstoned_at is null as "isLiving"`);
  await tx.execute(sql`
    update contact_links set remote_id = ${to} where integration_id = ${integrationId} and remote_id = ${from}`);
  await tx.execute(sql`
    update contact_writes set remote_id = ${to} where integration_id = ${integrationId} and remote_id = ${from}
      and (${isOpenWrite} or ${isGivenUpDelete})`);
  // A double of it goes by its name, too.
  await tx.execute(sql`
    update contact_writes set operation = jsonb_set(operation, '{keeper}', to_jsonb(${to}::text))
    where integration_id = ${integrationId} and ${isOpenDouble} and ${keeperOfDouble} = ${from}`);
  // What a person is asked names it too, and its answer goes by that name.
  await tx.execute(sql`
    update contact_conflicts set remote_id = ${to}
    where integration_id = ${integrationId} and resolved_at is null and remote_id = ${from}`);
  await renameCandidate(tx, { integrationId, from, to });
  return displaced.filter(({ isLiving }) => isLiving).length;
}

/** Whom others may be, or may have been merged into, is that one under its new name, or the one that it was merged into. */
async function renameCandidate(
  tx: Transaction,
  { integrationId, from, to }: { integrationId: string; from: string; to: string },
): Promise<void> {
  await tx.execute(sql`
    update contact_links set parked = jsonb_set(parked, '{candidates}', (
      select jsonb_agg(distinct case when one = ${from} then ${to} else one end)
      from jsonb_array_elements_text(parked -> 'candidates') one))
    where integration_id = ${integrationId} and parked is not null and remote_id <> ${to}
      and parked -> 'candidates' @> to_jsonb(${from}::text)`);
  await tx.execute(sql`
    update contact_conflicts set candidates = array(
      select distinct one from unnest(array_replace(candidates, ${from}, ${to})) one order by one)
    where integration_id = ${integrationId} and resolved_at is null and remote_id is distinct from ${to}
      and ${from} = any(candidates)`);
}

/**
 * They were not merged: what was taken for gone is there. Nobody has to decide any more, and they are planned again. The
 * question goes rather than being closed, since the same one, should it come up, would be the same row and stay closed.
 */
export async function unparkReturned(
  tx: Transaction,
  { integrationId, remoteIds }: { integrationId: string; remoteIds: readonly string[] },
): Promise<void> {
  if (remoteIds.length === 0) return;
  await tx.execute(sql`
    with unparked as (
      update contact_links set parked = null
      where integration_id = ${integrationId} and remote_id = any(${sql.param([...remoteIds])}::text[])
        and parked ->> 'reason' = 'maybe_merged'
      returning remote_id)
    delete from contact_conflicts c using unparked u
    where c.integration_id = ${integrationId} and c.remote_id = u.remote_id and c.kind = 'maybe_merged'
      and c.resolved_at is null`);
}

/**
 * Merged at the provider while both were tied: a person decides which contact it is, whatever else one of them was parked
 * for that passes by itself, and is told of no more.
 */
async function parkMerged(
  tx: Transaction,
  context: MirrorContext,
  {
    links,
    into,
    rules,
  }: {
    links: readonly Pick<typeof contactLinks.$inferSelect, 'remoteId' | 'contactId'>[];
    into: string;
    rules: MirrorRules;
  },
): Promise<void> {
  const remoteIds = links.map(({ remoteId }) => remoteId);
  const parked = { reason: 'maybe_merged', candidates: [into], since: rules.now };
  await tx.execute(sql`
    with parked as (
      update contact_links set parked = ${JSON.stringify(parked)}::jsonb
      where integration_id = ${context.integrationId} and remote_id = any(${sql.param(remoteIds)}::text[])
        and coalesce(parked ->> 'reason', '') <> all(${sql.param([...personDecides])}::text[])
      returning remote_id, contact_id)
    insert into contact_conflicts (id, workspace_id, user_id, integration_id, run_id, contact_id, remote_id, kind,
      candidates, at)
    select 'cfl_' || md5(${context.integrationId} || remote_id || ${into}), ${context.workspaceId}, ${context.userId},
      ${context.integrationId}, ${context.runId}, contact_id, remote_id, 'maybe_merged',
      array[${into}], ${rules.now}
    from parked on conflict (id) do nothing`);
  const { integrationId } = context;
  const contactIds = links.flatMap(({ contactId }) => contactId ?? []);
  await closeContactQuestions(tx, { integrationId, contactIds });
  // What another account has of it counts meanwhile.
  await noteElsewhere(tx, { integrationId, contactIds, now: rules.now });
}
