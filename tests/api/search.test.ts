/** Search over everything synced: the same answers before and after the index has caught up. */
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchHit } from '../../api/contract/search.ts';
import { newId } from '../../db/ids.ts';
import { indexUnsearched } from '../../db/queries/search-index.ts';
import { calendarEvents, collections, contacts, documents, tasks } from '../../db/schema/index.ts';
import { type SeededIntegration, seedEvent, seedIntegration } from './rows.ts';
import { type ApiWorld, openApiWorld, type Tenant } from './world.ts';

let world: ApiWorld;
let mine: SeededIntegration;
let hidden: string;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
  const { db } = world.database;
  mine = await seedIntegration(db, world.ada);
  await seed(world.ada, mine);
  const other = await seedIntegration(db, world.eve);
  await seedDocument(world.eve, other, { title: 'Expedition of somebody else' });
  hidden = await seedDocument(world.ada, mine, {
    title: 'Lost expedition',
    hiddenAt: new Date().toISOString(),
  });
});
afterAll(() => world.close());

async function seedDocument(
  tenant: Tenant,
  of: SeededIntegration,
  values: Partial<typeof documents.$inferInsert>,
): Promise<string> {
  const id = newId('doc');
  const owner = { workspaceId: tenant.workspaceId, userId: tenant.userId };
  await world.database.db.insert(documents).values({
    ...{ id, ...owner, integrationId: of.id, collectionId: of.collectionId, remoteId: id },
    ...{ contentHash: 'h', textHash: 't', raw: {}, title: 'Untitled', content: '', properties: {} },
    ...values,
  });
  return id;
}

const begin = { dateTime: '2026-11-23T09:00:00+01:00' };

async function seed(tenant: Tenant, of: SeededIntegration): Promise<void> {
  const { db } = world.database;
  const owner = { workspaceId: tenant.workspaceId, userId: tenant.userId };
  await db.insert(contacts).values({
    ...{ id: newId('con'), ...owner, firstName: 'Zoë', lastName: 'Müller', email: 'zoe@example.com' },
    notes: 'Knows the expedition',
  });
  await seedEvent(db, tenant, of, {
    title: 'Expedition briefing',
    description: 'Bring the map',
    start: begin,
  });
  await seedEvent(db, tenant, of, { title: 'Expedition called off', status: 'cancelled' });
  await db.insert(tasks).values({
    ...{ id: newId('tsk'), ...owner, integrationId: of.id, collectionId: of.collectionId, remoteId: 't1' },
    ...{ contentHash: 'h', raw: {}, title: 'Pack for the expedition', labels: ['gear'], archived: false },
  });
  await seedDocument(tenant, of, {
    title: 'Expedition handbook',
    content: `# Gear\n\n**Read** [this](there)\n“first”. ${'Rope and water. '.repeat(40)}Take the <b>spare</b> map. ${'On and on. '.repeat(2000)}Summit!`,
    properties: { Status: 'In progress', Estimate: 3 },
    url: 'https://notion.example/handbook',
  });
}

const search = async (query: string) => {
  const answer = await world.ada.asUser.get(`/v1/search?${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data.map((row: unknown) => searchHit.parse(row)) as ReturnType<typeof searchHit.parse>[];
};
const titles = async (query: string) => (await search(query)).map(({ title }) => title).sort();

/** Of one search, in each state of the index. */
const scores: number[][] = [];
const everything = ['Expedition briefing', 'Expedition handbook', 'Pack for the expedition', 'Zoë Müller'];

for (const state of ['before the index has caught up', 'with the index']) {
  describe(state, () => {
    beforeAll(async () => {
      if (state === 'with the index') while ((await indexUnsearched(world.database.db, { limit: 2 })) > 0);
    });

    it('finds what is shown, of every kind, and nobody else’s', async () => {
      expect(await titles('q=expedition')).toEqual(everything);
      expect(await titles('q=expedition&type=task,document')).toEqual([
        'Expedition handbook',
        'Pack for the expedition',
      ]);
    });

    it('says of events when they begin, which tells those of one name apart', async () => {
      const [event] = await search('q=expedition&type=calendar_event');
      expect(event?.start).toEqual(begin);
      expect((await search('q=expedition&type=task')).map((hit) => 'start' in hit)).toEqual([false]);
    });

    it('wants every word, in any case and with or without accents, the last one perhaps unfinished', async () => {
      expect(await titles('q=MULLER%20zo')).toEqual(['Zoë Müller']);
      expect(await titles('q=müller%20Zoë')).toEqual(['Zoë Müller']);
      expect(await titles('q=zoe@example.com')).toEqual(['Zoë Müller']);
      expect(await titles('q=expedition%20map')).toEqual(['Expedition briefing', 'Expedition handbook']);
      expect(await titles('q=in%20progress')).toEqual(['Expedition handbook']);
      expect(await titles('q=expedit%20map')).toEqual([]);
      expect(await titles('q=pedition')).toEqual([]);
    });

    it('finds words beside any sign, after a new line and far down, and ranks titles before texts', async () => {
      for (const words of ['read', 'gear this there', 'firs', 'water summit'])
        expect(await titles(`q=${words}&type=document`), words).toEqual(['Expedition handbook']);
      const found = await search('q=expedition');
      expect(found.map(({ title }) => /expedition/i.test(title))).toEqual([true, true, true, false]);
      scores.push(found.map(({ score }) => score));
      expect(scores[0]).toEqual(scores.at(-1));
    });

    it('leaves out what an unticked collection holds', async () => {
      const { db } = world.database;
      const collection = eq(collections.id, mine.collectionId);
      await db.update(collections).set({ subscribed: false }).where(collection);
      expect(await titles('q=expedition')).toEqual(['Zoë Müller']);
      await db.update(collections).set({ subscribed: true }).where(collection);
    });

    it('takes operators, quotes and blanks for no more than they are', async () => {
      for (const q of ["'", "a' & 'b", '!!', ':*', '(', '\u0301', '%00', '&amp;', '']) {
        await search(`q=${encodeURIComponent(q)}`);
      }
      expect(await search('q=%20')).toEqual([]);
    });
  });
}

it('puts titles before texts, and marks what it found in text that can be no markup', async () => {
  const [first, ...rest] = await search('q=expedition');
  expect(first?.title).toMatch(/expedition/i);
  expect(rest.at(-1)).toMatchObject({ type: 'contact', title: 'Zoë Müller' });
  const [handbook] = await search('q=spare&type=document');
  expect(handbook).toMatchObject({ url: 'https://notion.example/handbook', integrationId: mine.id });
  const [highlight] = handbook?.highlights ?? [];
  expect(highlight?.field).toBe('text');
  expect(highlight?.html).toContain('Take the &lt;b&gt;<mark>spare</mark>&lt;/b&gt; map.');
});

it('goes page by page without losing or repeating one', async () => {
  const seen: string[] = [];
  let cursor = '';
  for (let pages = 0; pages < 10; pages += 1) {
    const { body } = await world.ada.asUser.get(`/v1/search?q=expedition&limit=1${cursor}`);
    seen.push(...body.data.map(({ title }: { title: string }) => title));
    if (body.nextCursor === null) break;
    cursor = `&cursor=${body.nextCursor}`;
  }
  expect(seen.sort()).toEqual(everything);
});

it('finds a changed text at once, and no longer the old one', async () => {
  const { db } = world.database;
  await db
    .update(calendarEvents)
    .set({ title: 'Voyage briefing' })
    .where(eq(calendarEvents.title, 'Expedition briefing'));
  expect(await titles('q=voyage')).toEqual(['Voyage briefing']);
  expect(await titles('q=expedition%20briefing')).toEqual([]);
  while ((await indexUnsearched(db, { limit: 100 })) > 0);
  expect(await titles('q=voyage')).toEqual(['Voyage briefing']);
  expect(await titles('q=expedition%20briefing')).toEqual([]);
  const [row] = await db.execute(sql`select count(*)::int as waiting from search_backlog`);
  expect(row?.waiting).toBe(0);
});

it('never shows a hidden document, in no list and by no id', async () => {
  const list = await world.ada.asUser.get('/v1/documents');
  expect(list.body.data.map(({ title }: { title: string }) => title)).toEqual([
    'Expedition handbook',
    'Recipes',
  ]);
  expect((await world.ada.asUser.get(`/v1/documents/${hidden}`)).status).toBe(404);
  const [shown] = list.body.data;
  const one = await world.ada.asUser.get(`/v1/documents/${shown.id}`);
  expect(one.body).toMatchObject({ title: 'Expedition handbook', properties: { Status: 'In progress' } });
  expect((await world.eve.asUser.get(`/v1/documents/${shown.id}`)).status).toBe(404);
  const bare = await world.ada.asUser.get('/v1/documents?content=false');
  expect(bare.body.data[0]).not.toHaveProperty('content');
});

it('indexes a contact whose notes are longer than a vector can be, and goes on with the others', async () => {
  const { db } = world.database;
  const notes = Array.from({ length: 200_000 }, (_, at) => `w${at}x${at}`).join(' ');
  const owner = { workspaceId: world.ada.workspaceId, userId: world.ada.userId };
  await db.insert(contacts).values({ ...{ id: newId('con'), ...owner }, firstName: 'Longwinded', notes });
  expect(await titles('q=longwinded')).toEqual(['Longwinded']);
  while ((await indexUnsearched(db, { limit: 100 })) > 0);
  expect(await titles('q=longwinded%20w17x17')).toEqual(['Longwinded']);
});
