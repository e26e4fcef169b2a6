/** The fence: a writer that another operation overtook commits nothing, whichever of them comes first. */
import { setTimeout as sleep } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../activities/deps.ts';
import { storeOf } from '../activities/records/index.ts';
import { commitPage, shapePage } from '../activities/sync/commit-page.ts';
import { createFinishRun } from '../activities/sync/finish-run.ts';
import { FencedOffError, fenced, holdFence, holdOpen, raiseGeneration } from '../db/queries/fence.ts';
import {
  changePhase,
  findIntegration,
  noteChecked,
  tombstoneIntegration,
} from '../db/queries/integrations.ts';
import { beginRun } from '../db/queries/runs.ts';
import { announceRun } from '../db/queries/runs-read.ts';
import { beginListing, endSweep } from '../db/queries/stream-cursors.ts';
import { contacts, integrations, listingMarks, runs, streamCursors } from '../db/schema/index.ts';
import type { RecordPage } from '../providers/contract/index.ts';
import { createTestDatabase, ensureOwner, type TestDatabase } from './support/postgres.ts';
import { untilBlocked } from './support/until-blocked.ts';

let database: TestDatabase;
let owner: { workspaceId: string; userId: string };
let integrationId: string;
let count = 0;

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
  });
});

const generationNow = async (): Promise<number> => {
  const [row] = await database.db.select().from(integrations).where(eq(integrations.id, integrationId));
  return row?.generation ?? -1;
};

describe('a writer under the fence and one that takes over', () => {
  it('the one that takes over waits until the writer has committed', async () => {
    const order: string[] = [];
    const holding = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const writer = fenced(database.db, { integrationId, generation: 0 }, async () => {
      holding.resolve();
      await release.promise;
      order.push('written');
    });
    await holding.promise;
    const takeover = database.db.transaction(async (tx) => {
      await raiseGeneration(tx, integrationId);
      order.push('taken over');
    });
    await sleep(200);
    expect(order).toEqual([]);
    release.resolve();
    await Promise.all([writer, takeover]);
    expect(order).toEqual(['written', 'taken over']);
    expect(await generationNow()).toBe(1);
  });

  it('a writer that comes while another takes over waits, and is then refused', async () => {
    const raised = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const takeover = database.db.transaction(async (tx) => {
      await raiseGeneration(tx, integrationId);
      raised.resolve();
      await release.promise;
    });
    await raised.promise;
    let wrote = false;
    const writer = fenced(database.db, { integrationId, generation: 0 }, async () => {
      wrote = true;
    });
    const refused = expect(writer).rejects.toBeInstanceOf(FencedOffError);
    await sleep(200);
    release.resolve();
    await takeover;
    await refused;
    expect(wrote).toBe(false);
  });

  it('writers do not wait for each other, nor for a change of settings', async () => {
    await fenced(database.db, { integrationId, generation: 0 }, async () => {
      await fenced(database.db, { integrationId, generation: 0 }, async () => {});
      await database.db
        .update(integrations)
        .set({ autoSync: false, dirty: true })
        .where(eq(integrations.id, integrationId));
    });
    expect(await generationNow()).toBe(0);
  });

  it('after Delete nobody writes any more, with the old generation or beside the line', async () => {
    await tombstoneIntegration(database.db, integrationId);
    const inTransaction = (run: (tx: Parameters<typeof holdOpen>[0]) => Promise<unknown>) =>
      database.db.transaction(async (tx) => void (await run(tx)));
    await expect(
      inTransaction((tx) => holdFence(tx, { integrationId, generation: 0 })),
    ).rejects.toBeInstanceOf(FencedOffError);
    await expect(inTransaction((tx) => holdOpen(tx, integrationId))).rejects.toBeInstanceOf(FencedOffError);
    await inTransaction(async (tx) => expect(await raiseGeneration(tx, integrationId)).toBeUndefined());
  });
});

const page: RecordPage = {
  upserts: [
    {
      kind: 'contact',
      remoteId: 'people/c1',
      raw: { resourceName: 'people/c1', names: [{ givenName: 'Late' }] },
    },
  ] as unknown as RecordPage['upserts'],
  deletions: [],
  next: { kind: 'done', cursor: 'token-1' },
};

async function fetchedPage(next = page.next) {
  const runId = `run_${integrationId}`;
  const begun = await beginRun(database.db, {
    ...{ runId, integrationId, operationId: `op_${count}`, mode: 'incremental', trigger: 'manual' },
    ...{ workflowId: 'w', workflowRunId: 'r' },
  });
  const fence = { integrationId, generation: begun?.generation as number };
  const key = { integrationId, stream: 'contacts', collectionId: '' };
  const cursor = await beginListing(database.db, fence, { key, runId, mode: 'incremental' });
  const write = storeOf('contact').prepare(page);
  const deps = { db: database.db } as ActivityDeps;
  const loaded = shapePage({ ...page, next }, write);
  return { runId, commit: () => commitPage(deps, { fence, runId, owner, key, cursor, ...loaded }) };
}

const forgetContacts = async () => {
  await database.db.execute(sql`delete from contacts`);
  await database.db.execute(sql`delete from contact_links`);
};

const written = async () => ({
  contacts: await database.db.$count(contacts),
  cursors: await database.db
    .select({ cursor: streamCursors.cursor })
    .from(streamCursors)
    .where(eq(streamCursors.integrationId, integrationId)),
  read: await database.db.select({ read: runs.read }).from(runs).where(eq(runs.integrationId, integrationId)),
});

describe('a page that was fetched before another operation took over', () => {
  it('is committed while nothing else happened, and only once', async () => {
    const { commit } = await fetchedPage();
    expect(await commit()).toMatchObject({ counts: { read: 1, created: 1 } });
    expect(await commit()).toBeUndefined();
    expect(await written()).toEqual({ contacts: 1, cursors: [{ cursor: 'token-1' }], read: [{ read: 1 }] });
    await forgetContacts();
  });

  it('is committed only once in the middle of a listing, too', async () => {
    const { commit } = await fetchedPage({ kind: 'more', cursor: 'page-2' });
    expect(await commit()).toMatchObject({ counts: { read: 1 }, cursor: { listingPosition: 'page-2' } });
    expect(await commit()).toBeUndefined();
    expect(await written()).toMatchObject({ contacts: 1, read: [{ read: 1 }] });
    await forgetContacts();
  });

  it.each([
    [
      'a full sync',
      () =>
        beginRun(database.db, {
          ...{ runId: `run_full_${count}`, integrationId, operationId: 'op_full', mode: 'full' },
          ...{ trigger: 'manual', workflowId: 'w', workflowRunId: 'r' },
        }),
    ],
    ['Delete', () => tombstoneIntegration(database.db, integrationId)],
  ] as const)('is not committed after %s: no row, no cursor, no count', async (_, takeOver) => {
    const { runId, commit } = await fetchedPage();
    await takeOver();
    await expect(commit()).rejects.toBeInstanceOf(FencedOffError);
    const [run] = await database.db.select().from(runs).where(eq(runs.id, runId));
    expect(run?.read).toBe(0);
    expect((await written()).contacts).toBe(0);
    expect((await written()).cursors).toEqual([{ cursor: null }]);
  });
});

it('a page whose commit is refused is not there at all: rows, cursor and count go together', async () => {
  const { commit } = await fetchedPage();
  await database.db.execute(sql`
    create function refuse() returns trigger language plpgsql as $$ begin
      raise exception 'the disk is full' using errcode = '53100';
    end $$`);
  await database.db.execute(sql`
    create constraint trigger refused after insert on contact_links deferrable initially deferred
      for each row execute function refuse()`);
  try {
    await expect(commit()).rejects.toThrow();
    expect(await written()).toEqual({ contacts: 0, cursors: [{ cursor: null }], read: [{ read: 0 }] });
  } finally {
    await database.db.execute(sql`drop trigger refused on contact_links`);
  }
  expect(await commit()).toMatchObject({ counts: { read: 1, created: 1 } });
  expect((await written()).cursors).toEqual([{ cursor: 'token-1' }]);
  await forgetContacts();
});

describe('a run that is cancelled while its begin is on its way', () => {
  const asked = (kind: 'late' | 'next') => ({
    ...{ runId: `run_${kind}_${count}`, integrationId, operationId: `op_${kind}_${count}` },
    ...({ mode: 'incremental', trigger: 'periodic' } as const),
  });
  const begin = (kind: 'late' | 'next') =>
    beginRun(database.db, { ...asked(kind), workflowId: kind, workflowRunId: kind });
  const cancel = () => {
    const provider = () => ({ adapter: { id: 'google-contacts' }, environment: {} });
    const deps = { db: database.db, logger: { warn() {} }, provider } as unknown as ActivityDeps;
    return createFinishRun(deps)({ ...asked('late'), status: 'cancelled', failuresInARow: 0 });
  };
  const statusOf = async (kind: 'late' | 'next') => {
    const [run] = await database.db
      .select()
      .from(runs)
      .where(eq(runs.id, asked(kind).runId));
    return run?.status;
  };

  it.each(['announced', 'begun by the workflow itself'])(
    'does not begin any more, nor fences off the next one (%s)',
    async (how) => {
      const { runId: id, ...columns } = asked('late');
      if (how === 'announced') await announceRun(database.db, { id, ...columns, workflowId: 'late' });
      expect(await cancel()).toMatchObject({ status: 'cancelled' });
      const next = await begin('next');
      await expect(begin('late')).rejects.toBeInstanceOf(FencedOffError);
      await fenced(database.db, { integrationId, generation: next?.generation as number }, async () => {});
      expect([await statusOf('late'), await statusOf('next')]).toEqual(['cancelled', 'running']);
    },
  );

  it('has ended in any case where both meet, and only one that began has taken over', async () => {
    const meeting = await database.db.transaction(async (tx) => {
      await tx.execute(sql`select from integrations where id = ${integrationId} for no key update`);
      const begun = begin('late').then(
        () => true,
        (error: unknown) => expect(error).toBeInstanceOf(FencedOffError),
      );
      await untilBlocked(database.db);
      const ended = cancel();
      await untilBlocked(database.db, 2);
      return { begun, ended };
    });
    const begun = await meeting.begun;
    expect(await meeting.ended).toMatchObject({ status: 'cancelled' });
    expect(await statusOf('late')).toBe('cancelled');
    expect(await generationNow()).toBe(begun === true ? 1 : 0);
  });
});

it.each(['succeeded', 'cancelled'] as const)(
  'a run that %s leaves standing that the account took Harmony out meanwhile',
  async (status) => {
    const run = { runId: `run_${count}`, integrationId, operationId: `op_${count}` };
    const asked = { ...run, mode: 'incremental', trigger: 'manual' } as const;
    await beginRun(database.db, { ...asked, workflowId: 'w', workflowRunId: 'r' });
    const attention = {
      code: 'reauth_required',
      title: 'Somebody removed the app.',
      remedy: 'Re-authenticate.',
    };
    await changePhase(database.db, integrationId, { phase: 'needs_reauth', attention, nextSyncAt: null });
    const provider = () => ({ adapter: { id: 'google-contacts' }, environment: {} });
    const deps = { db: database.db, logger: { warn() {} }, provider } as unknown as ActivityDeps;
    expect(await createFinishRun(deps)({ ...asked, status, failuresInARow: 0 })).toMatchObject({ status });
    const row = await findIntegration(database.db, integrationId);
    expect(row).toMatchObject({ phase: 'needs_reauth', attention, nextSyncAt: null });
  },
);

it('a sweep that found nothing ends once, and not after another operation took over', async () => {
  const key = { integrationId, stream: 'contacts', collectionId: '' };
  const sweep = { listingId: 'l1', page: 0, remoteIds: ['people/c1'] };
  await database.db.insert(streamCursors).values({ ...key, sweepListingId: 'l1' });
  await database.db.insert(listingMarks).values({ ...key, ...sweep });
  const left = async () => {
    const [row] = await database.db
      .select({ sweep: streamCursors.sweepListingId })
      .from(streamCursors)
      .where(eq(streamCursors.integrationId, integrationId));
    const ofIntegration = eq(listingMarks.integrationId, integrationId);
    return { sweep: row?.sweep, marks: await database.db.$count(listingMarks, ofIntegration) };
  };
  const late = endSweep(database.db, { integrationId, generation: -1 }, key);
  await expect(late).rejects.toBeInstanceOf(FencedOffError);
  expect(await left()).toEqual({ sweep: 'l1', marks: 1 });
  await endSweep(database.db, { integrationId, generation: 0 }, key);
  expect(await left()).toEqual({ sweep: null, marks: 0 });
});

describe('an idle check that found nothing', () => {
  const attention = { code: 'run_failed', title: 'It failed.', remedy: 'Try again.' } as const;
  const seen = async () => {
    const row = await findIntegration(database.db, integrationId);
    if (row === undefined) throw new Error('no integration');
    return row;
  };

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['a sync', (id) => database.db.transaction((tx) => raiseGeneration(tx, id))],
    ['the loss of its sign-in', (id) => changePhase(database.db, id, { phase: 'needs_reauth' })],
  ])('and was overtaken by %s leaves what that tells', async (_what, overtake) => {
    const before = await seen();
    await overtake(integrationId);
    await changePhase(database.db, integrationId, { attention });
    await noteChecked(database.db, before, '2030-01-01T00:00:00Z');
    expect(await seen()).toMatchObject({ attention, lastSucceededAt: null, nextSyncAt: null });
  });

  it('clears what needed attention where nothing came between', async () => {
    await changePhase(database.db, integrationId, { attention });
    await noteChecked(database.db, await seen(), '2030-01-01T00:00:00Z');
    expect(await seen()).toMatchObject({ attention: null, lastSucceededAt: expect.any(String) });
  });
});
