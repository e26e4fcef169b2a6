import { expect, test } from 'vitest';
import type { Cursor, RecordPage, Session, StreamDefinition } from '../contract/index.ts';
import { failing, inTime } from './expectations.ts';
import type { ProviderWorld } from './world.ts';

export interface Connected {
  readonly world: ProviderWorld;
  readonly session: Session;
}

export function describeStream(stream: StreamDefinition, connected: () => Connected): void {
  const recordsOf = () => {
    const records = connected().world.records[stream.name];
    if (records === undefined) throw new Error(`the world has no records for ${stream.name}`);
    return records;
  };
  const fetchFrom = (cursor: Cursor | null) => {
    const { collection } = recordsOf();
    return connected().session.fetchPage({
      stream: stream.name,
      ...(collection === undefined ? {} : { collection }),
      cursor,
      signal: inTime(),
    });
  };
  const fetchAll = (cursor: Cursor | null) => listAll(fetchFrom, cursor);

  test(`a complete listing of ${stream.label} has each record once, as plain data`, async () => {
    const { upserts, deletions } = await fetchAll(null);
    expect(upserts.map(({ remoteId }) => remoteId).sort()).toEqual((await recordsOf().ids()).sort());
    expect(deletions).toEqual([]);
    for (const record of upserts) expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    const times = upserts.flatMap(({ updatedAt }) => (updatedAt === undefined ? [] : [updatedAt]));
    for (const time of times) expect(time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test(`increments of ${stream.label} show what was created, changed and removed, and nothing else`, async () => {
    const records = recordsOf();
    let { cursor } = await fetchAll(null);
    const step = async () => {
      if (cursor === null) expect.unreachable(`${stream.name} has no increments`);
      const increment = await fetchAll(cursor);
      cursor = increment.cursor;
      return { ids: increment.upserts.map(({ remoteId }) => remoteId), deletions: increment.deletions };
    };
    expect(await step()).toEqual({ ids: [], deletions: [] });
    const id = await records.create();
    expect(await step()).toEqual({ ids: [id], deletions: [] });
    if (records.update !== undefined) {
      await records.update(id);
      expect(await step()).toEqual({ ids: [id], deletions: [] });
    }
    if (records.remove === undefined) return;
    await records.remove(id);
    const afterRemoval = await step();
    if (stream.deletions === 'tombstones') expect(afterRemoval).toEqual({ ids: [], deletions: [id] });
    expect(await records.ids()).not.toContain(id);
    expect((await fetchAll(null)).upserts.map(({ remoteId }) => remoteId)).not.toContain(id);
  });

  test(`a cursor of ${stream.label} that is not ours means a complete listing`, async () => {
    await expect(fetchFrom('v0:of an older version')).rejects.toThrow(failing('cursor_expired'));
  });

  test(`a cursor of ${stream.label} that the provider no longer takes means a complete listing`, async (context) => {
    const { expireCursors } = recordsOf();
    if (expireCursors === undefined) return context.skip();
    const { cursor } = await fetchAll(null);
    await expireCursors();
    await expect(fetchFrom(cursor)).rejects.toThrow(failing('cursor_expired'));
    expect((await fetchAll(null)).upserts.length).toBe((await recordsOf().ids()).length);
  });

  test(`limits, outages and lost rights on ${stream.label} are told apart`, async () => {
    const { world } = connected();
    await world.failListing(stream.name, 429, { 'Retry-After': '7' });
    await expect(fetchFrom(null)).rejects.toThrow(failing('rate_limited', { retryAfterMs: 7000 }));
    await world.healListings();
    await world.failListing(stream.name, 503);
    await expect(fetchFrom(null)).rejects.toThrow(failing('transient', { httpStatus: 503 }));
    await world.healListings();
    await world.failListing(stream.name, 404);
    await expect(fetchFrom(null)).rejects.toThrow(failing('not_found'));
    await world.healListings();
    expect((await fetchAll(null)).upserts.length).toBeGreaterThan(0);
  });

  test(`only a removed record of ${stream.label} is confirmed as gone`, async (context) => {
    const { session } = connected();
    const records = recordsOf();
    if (session.confirmGone === undefined || records.remove === undefined) return context.skip();
    const living = (await records.ids())[0] as string;
    const removed = await records.create();
    await records.remove(removed);
    const { collection } = records;
    const request = {
      stream: stream.name,
      ...(collection === undefined ? {} : { collection }),
      remoteIds: [living, removed],
      signal: inTime(),
    };
    const { gone, lost = [] } = await session.confirmGone(request);
    expect([gone, lost]).toEqual([[removed], []]);
  });
}

/** From a cursor to the end of its listing. */
export async function listAll(
  fetchFrom: (cursor: Cursor | null) => Promise<RecordPage>,
  start: Cursor | null,
): Promise<{ upserts: RecordPage['upserts'][number][]; deletions: string[]; cursor: Cursor | null }> {
  const upserts: RecordPage['upserts'][number][] = [];
  const deletions: string[] = [];
  let cursor = start;
  for (let pages = 0; pages < 1000; pages++) {
    const page = await fetchFrom(cursor);
    upserts.push(...page.upserts);
    deletions.push(...page.deletions);
    cursor = page.next.cursor;
    if (page.next.kind === 'done') return { upserts, deletions, cursor };
  }
  throw new Error('the listing never ends');
}
