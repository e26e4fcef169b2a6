/** What a support case needs to know of one integration: states, counts, ages and ids of ours. No name, no id of the provider's, no record. */
import { sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';

type Row = Record<string, unknown>;

export interface SupportFacts {
  readonly integration: Row;
  readonly credential: Row | null;
  readonly streams: Row[];
  readonly collections: Row[];
  readonly watches: Row[];
  readonly runs: Row[];
  readonly events: Row[];
  readonly pushes: Row;
  readonly limits: Row[];
  readonly waiting: Row[];
  readonly audit: Row[];
}

const newestRuns = 20;
const newestEvents = 100;

export async function readSupportFacts(db: Executor, integrationId: string): Promise<SupportFacts> {
  const rows = (query: ReturnType<typeof sql>): Promise<Row[]> => db.execute<Row>(query);
  const iso = (column: string) =>
    sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
  const seconds = (column: string) => sql.raw(`extract(epoch from now() - ${column})::int`);
  const [integration = {}] = await rows(sql`
    select id, workspace_id as "workspaceId", user_id as "userId", provider, auth_kind as "authKind", phase,
      auto_sync as "autoSync", interval_seconds as "intervalSeconds", sync_direction as "syncDirection",
      approved_direction as "approvedDirection", conflict_policy as "conflictPolicy", generation, dirty,
      account_id is not null as "hasAccount", attention ->> 'code' as "attentionCode",
      ${iso('next_sync_at')} as "nextSyncAt", ${iso('last_succeeded_at')} as "lastSucceededAt", ${iso('created_at')} as "createdAt",
      ${iso('updated_at')} as "updatedAt",
      round((extract(epoch from now() - coalesce(last_succeeded_at, created_at)) / interval_seconds)::numeric, 2)::float8
        as "stalenessRatio",
      greatest(0, coalesce(${seconds('next_sync_at')}, 0)) as "scheduleLagSeconds"
    from integrations where id = ${integrationId}`);
  const [credential = null] = await rows(sql`
    select ${iso('expires_at')} as "accessExpiresAt", version, scopes, ${iso('updated_at')} as "updatedAt", (
        select count(*)::int - 1 from credentials o where o.grant_key = c.grant_key) as "sharedWith"
    from credentials c where integration_id = ${integrationId}`);
  const streams = await rows(sql`
    select stream, nullif(collection_id, '') as "collectionId", cursor is not null as "hasCursor",
      ${seconds('updated_at')} as "ageSeconds", ${iso('full_listed_at')} as "fullListedAt", record_count as "recordCount", dirty,
      listing_kind as "listingKind", listing_pages as "listingPages", listing_done as "listingDone",
      ${iso('listing_started_at')} as "listingStartedAt", sweep_listing_id is not null as "sweepIsDue",
      completed_run_id as "completedRunId"
    from stream_cursors where integration_id = ${integrationId} order by stream, collection_id limit 500`);
  const collections = await rows(sql`
    select id, subscribed, ${iso('missing_since')} as "missingSince" from collections
    where integration_id = ${integrationId} order by id limit 500`);
  const watches = await rows(sql`
    select id, nullif(collection_id, '') as "collectionId", resource_id is not null as "isConfirmed",
      ${iso('expires_at')} as "expiresAt" from watches where integration_id = ${integrationId} order by created_at limit 500`);
  const runs = await rows(sql`
    select id, operation_id as "operationId", mode, trigger, status, generation, ${iso('started_at')} as "startedAt",
      ${iso('finished_at')} as "finishedAt", read, created, updated, deleted, unchanged, pushed, conflicts, failed,
      error ->> 'code' as "errorCode", workflow_id as "workflowId", workflow_run_id as "workflowRunId"
    from runs where integration_id = ${integrationId} order by started_at desc, id desc limit ${newestRuns}`);
  const events = await rows(sql`
    select seq::int, type, ${iso('at')} as at, data ->> 'phase' as phase, data ->> 'runId' as "runId", data ->> 'status' as status,
      data ->> 'stream' as stream, data ->> 'done' as done, data ->> 'total' as total, data ->> 'code' as code
    from integration_events where integration_id = ${integrationId} order by seq desc limit ${newestEvents}`);
  const [pushes = {}] = await rows(sql`
    select count(*)::int as kept, ${iso('max(received_at)')} as "lastAt" from webhook_inbox
    where integration_id = ${integrationId}`);
  const limits = await rows(sql`
    select split_part(l.key, ':', 1) as kind, ${iso('l.blocked_until')} as "blockedUntil"
    from integrations i left join credentials c on c.integration_id = i.id
    join provider_limits l on l.key in ('grant:' || c.grant_key, 'account:' || i.provider || ':' || i.account_id)
    where i.id = ${integrationId}`);
  const waiting = await rows(sql`
    select 'contact_work' as what, kind as state, count(*)::int as count, ${iso('min(due_at)')} as oldest
      from contact_work where integration_id = ${integrationId} group by kind
    union all select 'contact_writes', state, count(*)::int, ${iso('min(due_at)')}
      from contact_writes where integration_id = ${integrationId} group by state
    union all select 'contact_conflicts', case when resolved_at is null then 'open' else 'resolved' end, count(*)::int,
      ${iso('min(at)')} from contact_conflicts where integration_id = ${integrationId} group by 2
    union all select 'contact_plans', status, count(*)::int, ${iso('min(created_at)')}
      from contact_plans where integration_id = ${integrationId} group by status
    union all select 'task_writes', state, count(*)::int, ${iso('min(created_at)')}
      from task_writes where integration_id = ${integrationId} group by state
    order by 1, 2`);
  const audit = await rows(sql`
    select ${iso('at')} as at, actor, action from audit_log where target = ${integrationId} order by audit_log.at desc limit 50`);
  return {
    ...{
      integration,
      credential,
      streams,
      collections,
      watches,
      runs,
      events,
      pushes,
      limits,
      waiting,
      audit,
    },
  };
}
