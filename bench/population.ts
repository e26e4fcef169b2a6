/** Many integrations of many tenants, each a copy of one that was really connected, so that the provider knows them. */
import { Client, Connection } from '@temporalio/client';
import type postgres from 'postgres';
import { openDatabase } from '../db/client.ts';
import { newId, newSecret } from '../db/ids.ts';
import { loadCredential, storeCredential } from '../db/queries/credentials.ts';
import { ensureUser, ensureWorkspace, ensureWorkspaceKey } from '../db/queries/identity.ts';
import { createSealer } from '../db/sealing.ts';
import type { Stack } from '../dev/stack.ts';
import type { ArbiterState } from '../workflows/messages.ts';
import { integrationStartOptions } from '../workflows/start-options.ts';

export interface Member {
  readonly id: string;
  readonly provider: string;
  readonly workspaceId: string;
}

export interface Tenant {
  readonly workspaceId: string;
  readonly key: string;
  readonly userId: string;
}

export interface Population {
  addTenant(name: string): Promise<Tenant>;
  /** Copies of a connected integration, each of a user of its own. */
  add(tenant: Tenant, original: string, count: number): Promise<Member[]>;
  /** Starts their workflows, all due at the same time, which it answers: when the last has been started. */
  startTogether(members: readonly Member[]): Promise<number>;
  close(): Promise<void>;
}

const atOnce = 50;
/** Starting a workflow on the dev server takes up to this long under load, measured. */
const startMsEach = 60;
const leadMs = 5_000;
const intervalSeconds = 3600;

/** As a workflow that continues as new: one that begins plans its first check by itself, with jitter. */
function startOptions({ id: integrationId, workspaceId, provider }: Member, nextCheckAtMs: number) {
  const ref = { integrationId, workspaceId, provider };
  const state: ArbiterState = {
    desired: { phase: 'active', autoSync: true, intervalSeconds, nextCheckAtMs },
    queue: [],
    pushPending: false,
    settingsStale: false,
    failuresInARow: 0,
    shownPhase: 'active',
    lastOutcome: 'copied for the bench',
  };
  const options = integrationStartOptions(ref);
  const [input] = options.args;
  // Where the reconcile schedule found the row first.
  const workflowIdConflictPolicy = 'TERMINATE_EXISTING' as const;
  return { ...options, workflowIdConflictPolicy, args: [{ ...input, state }] };
}

export function openPopulation(stack: Stack, sql: postgres.Sql): Population {
  const { running, environment } = stack;
  const database = openDatabase({ url: running.databaseUrl, poolSize: 4, name: 'bench' });
  const sealer = createSealer(environment.HARMONY_ENCRYPTION_KEYS as string);
  const { db } = database;
  let users = 0;

  const copy = async (tenant: Tenant, original: string): Promise<Member> => {
    users += 1;
    const email = `member${users}@bench.example`;
    const userId = await ensureUser(db, { workspaceId: tenant.workspaceId, name: email, email });
    const id = newId('int');
    const [row] = await sql<{ provider: string }[]>`
      insert into integrations (id, workspace_id, user_id, provider, auth_kind, account_id, account_name, phase,
        interval_seconds, last_succeeded_at)
      select ${id}, ${tenant.workspaceId}, ${userId}, provider, auth_kind, account_id, account_name, phase,
        ${intervalSeconds}, now()
      from integrations where id = ${original} returning provider`;
    const collections = await sql<{ id: string }[]>`
      select id from collections where integration_id = ${original}`;
    for (const collection of collections) {
      const collectionId = newId('col');
      await sql`
        insert into collections (id, integration_id, remote_id, name, is_primary, subscribed)
        select ${collectionId}, ${id}, remote_id, name, is_primary, subscribed
        from collections where id = ${collection.id}`;
      await copyCursors(id, original, collection.id, collectionId);
    }
    await copyCursors(id, original, '', '');
    const credential = await loadCredential(db, sealer, original);
    if (credential !== undefined) await storeCredential(db, sealer, { ...credential, integrationId: id });
    return { id, provider: row?.provider as string, workspaceId: tenant.workspaceId };
  };

  const copyCursors = (id: string, original: string, from: string, to: string) => sql`
    insert into stream_cursors (integration_id, stream, collection_id, cursor, full_listed_at)
    select ${id}, stream, ${to}, cursor, full_listed_at from stream_cursors
    where integration_id = ${original} and collection_id = ${from}`;

  return {
    async addTenant(name) {
      const workspaceId = await ensureWorkspace(db, name);
      const key = newSecret('hk');
      await ensureWorkspaceKey(db, { workspaceId, key, name });
      const userId = await ensureUser(db, { workspaceId, name, email: `owner@${name}.example` });
      return { workspaceId, key, userId };
    },
    async add(tenant, original, count) {
      const members: Member[] = [];
      while (members.length < count) {
        const size = Math.min(atOnce, count - members.length);
        members.push(...(await Promise.all(Array.from({ length: size }, () => copy(tenant, original)))));
      }
      return members;
    },
    async startTogether(members) {
      const dueAtMs = Date.now() + leadMs + members.length * startMsEach;
      const ids = members.map(({ id }) => id);
      await sql`
        update integrations set next_sync_at = ${new Date(dueAtMs).toISOString()} where id = any(${ids})`;
      const connection = await Connection.connect({ address: running.temporalAddress });
      const client = new Client({ connection });
      for (let at = 0; at < members.length; at += atOnce) {
        await Promise.all(
          members
            .slice(at, at + atOnce)
            .map((member) => client.workflow.start('integration', startOptions(member, dueAtMs))),
        );
      }
      await connection.close();
      const lateMs = Date.now() - dueAtMs;
      if (lateMs > 0) throw new Error(`The workflows were started ${lateMs} ms after they were due.`);
      await new Promise((resolve) => setTimeout(resolve, -lateMs));
      return dueAtMs;
    },
    close: () => database.close(),
  };
}
