/** When an integration is looked at again after a run, and what a run of edits leaves as it was. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createFinishRun, type FinishRunInput } from '../../activities/sync/finish-run.ts';
import { beginRun } from '../../db/queries/runs.ts';
import { contactWork, contactWrites, integrations } from '../../db/schema/index.ts';
import type { SyncTrigger } from '../../workflows/messages.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let owner: { workspaceId: string; userId: string };
let integrationId: string;
let count = 0;
const plannedAt = '2030-01-01T00:00:00.000Z';
const attention = { code: 'rate_limited', title: 'It was slow.', remedy: 'Wait.' };

beforeAll(async () => {
  database = await createTestDatabase();
  owner = await ensureOwner(database.db);
});
afterAll(() => database.close());
beforeEach(async () => {
  count += 1;
  integrationId = `int_${count}`;
  await database.db.insert(integrations).values({
    ...{ id: integrationId, ...owner, provider: 'google-contacts', authKind: 'oauth', phase: 'active' },
    ...{ nextSyncAt: plannedAt, attention },
  });
});

async function runOnce(trigger: SyncTrigger, end: Partial<FinishRunInput> = {}) {
  const runId = `run_${integrationId}_${trigger}`;
  await beginRun(database.db, {
    ...{ runId, integrationId, operationId: `op_${integrationId}`, mode: 'incremental', trigger },
    ...{ workflowId: '', workflowRunId: '' },
  });
  const deps = {
    db: database.db,
    logger: { warn() {} },
    provider: () => ({ adapter: { id: 'google-contacts' }, environment: {} }),
  } as unknown as ActivityDeps;
  const finishRun = createFinishRun(deps);
  return finishRun({ integrationId, runId, trigger, status: 'succeeded', failuresInARow: 0, ...end });
}

const row = async () => {
  const [found] = await database.db.select().from(integrations).where(eq(integrations.id, integrationId));
  return found;
};

it('a run of edits leaves the planned check, the last success and what the person should know', async () => {
  const { nextCheckAtMs } = await runOnce('edit');
  expect(nextCheckAtMs).toBe(Date.parse(plannedAt));
  expect(await row()).toMatchObject({ nextSyncAt: plannedAt, attention, lastSucceededAt: null });
});

it('a run that read the provider plans the next one and clears what the person should know', async () => {
  const { nextCheckAtMs } = await runOnce('periodic');
  expect(nextCheckAtMs).toBeLessThan(Date.parse(plannedAt));
  const after = await row();
  expect(after).toMatchObject({ attention: null });
  expect(after?.nextSyncAt).toBe(new Date(nextCheckAtMs as number).toISOString());
  expect(after?.lastSucceededAt).not.toBeNull();
});

it('a run that has ended stays so when it is ended again, and so does all that it left', async () => {
  const first = await runOnce('periodic');
  const before = await row();
  const failure = { type: 'FencedOff' };
  expect(await runOnce('periodic', { status: 'failed', failure, failuresInARow: 3 })).toEqual(first);
  expect(await row()).toEqual(before);
});

it.each(['edit', 'periodic'] as const)(
  'what backs off is looked at when it is due, after a run by %s too',
  async (trigger) => {
    const dueAt = new Date(Date.now() + 20_000).toISOString();
    await database.db.insert(contactWork).values([
      { integrationId, kind: 'local', key: 'con_later', dueAt: new Date(Date.now() + 40_000).toISOString() },
      { integrationId, kind: 'local', key: 'con_overdue', dueAt: new Date(Date.now() - 1000).toISOString() },
    ]);
    await database.db.insert(contactWrites).values({
      ...{
        id: `op_${integrationId}`,
        integrationId,
        runId: 'run_before',
        recordId: 'con_a',
        remoteId: 'people/a',
      },
      ...{ kind: 'update', localVersion: 2, operation: {}, dueAt },
    });
    expect(await runOnce(trigger)).toMatchObject({ nextCheckAtMs: Date.parse(dueAt) });
    expect((await row())?.nextSyncAt).not.toBe(dueAt);
  },
);

it('what backs off is also looked at while auto-sync is off, and nothing else is', async () => {
  await database.db.update(integrations).set({ autoSync: false, nextSyncAt: null });
  expect(await runOnce('edit')).toMatchObject({ nextCheckAtMs: null });
  const dueAt = new Date(Date.now() + 20_000).toISOString();
  await database.db.insert(contactWork).values({ integrationId, kind: 'local', key: 'con_later', dueAt });
  expect(await runOnce('manual')).toMatchObject({ nextCheckAtMs: Date.parse(dueAt) });
});

describe('a run that failed to carry an edit over', () => {
  const failed = { status: 'failed', failure: { type: 'ProviderUnavailable' } } as const;
  const minuteMs = 60_000;
  const edited = () =>
    database.db
      .insert(contactWork)
      .values({ integrationId, kind: 'local', key: 'con_edited', dueAt: new Date().toISOString() });
  const fromNow = (atMs: number | null) =>
    atMs === null ? null : Math.round((atMs - Date.now()) / minuteMs);

  it('is tried again in ten minutes, also while auto-sync is off and none is planned', async () => {
    await edited();
    expect(fromNow((await runOnce('edit', failed)).nextCheckAtMs)).toBe(10);
    await database.db.update(integrations).set({ autoSync: false, nextSyncAt: null });
    expect(fromNow((await runOnce('manual', failed)).nextCheckAtMs)).toBe(10);
    expect((await row())?.nextSyncAt).toBeNull();
  });

  it('waits longer each time, and never asks before the planned check of an account that fails to be read', async () => {
    await edited();
    await database.db.update(integrations).set({ autoSync: false, nextSyncAt: null });
    const third = await runOnce('manual', { ...failed, failuresInARow: 2 });
    expect(fromNow(third.nextCheckAtMs)).toBe(40);
    await database.db.update(integrations).set({ autoSync: true, intervalSeconds: 3600 });
    const read = await runOnce('periodic', { ...failed, failuresInARow: 1 });
    expect(fromNow(read.nextCheckAtMs)).toBeGreaterThan(3 * 60);
  });

  it('leaves the planned check where nothing is left to be carried over', async () => {
    expect(await runOnce('edit', failed)).toMatchObject({ nextCheckAtMs: Date.parse(plannedAt) });
  });
});
