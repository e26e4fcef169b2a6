/** Notion from sign-in to Delete: what is read, what is not read twice, and what becomes of pages that go. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { document } from '../../api/contract/document.ts';
import { eventually } from '../support/eventually.ts';
import { type NotionStack, openNotionStack, workspace } from './notion-stack.ts';

let stack: NotionStack;

beforeAll(async () => {
  stack = await openNotionStack();
});
afterAll(() => stack?.close());
afterEach(() => stack.removeAll());

const contentsIn = (calls: readonly { path: string }[]) =>
  calls.filter(({ path }) => path.endsWith('/markdown')).length;
const contentOf = async (id: string) =>
  (await stack.documents()).find(({ remoteId }) => remoteId === id)?.content;

it('brings every page with its title, properties and content, at one call for each and one for a hundred', async () => {
  await stack.reset(260);
  const since = new Date().toISOString();
  await stack.connect();
  const documents = await stack.documents();
  for (const row of documents) document.parse(row);
  const pages = await stack.pages();
  expect(documents.map(({ remoteId }) => remoteId).sort()).toEqual(pages.map(({ id }) => id).sort());
  const calls = await stack.callsSince(since);
  expect(contentsIn(calls)).toBe(260);
  // Queries of three data sources, the search for loose pages, the list of data sources, whose account it is.
  const cut = calls.filter(({ path }) => path.includes('/properties/')).length;
  expect(calls.length - 260 - cut).toBeLessThanOrEqual(4 + 3 + 1 + 1);

  const row = documents.find(({ properties }) => 'Number' in properties);
  const remote = await stack.control.get<{ markdown: string; properties: object }>(
    `${workspace}/pages/${row?.remoteId}`,
  );
  expect(row?.content).toBe(remote.markdown);
  expect(row?.properties).toMatchObject({ Number: expect.stringMatching(/^TSK-\d+$/) });
  expect(Object.keys(row?.properties).length).toBe(Object.keys(remote.properties).length - 1);
  const collections = await stack.world.ada.asUser.get(`/v1/integrations/${row?.integrationId}/collections`);
  expect(collections.body.data.map(({ name }: { name: string }) => name).sort()).toEqual([
    ...['Customers', 'Meeting notes', 'Pages outside databases', 'Tasks'],
  ]);
  const counted = collections.body.data.map(({ recordCount }: { recordCount: number }) => recordCount);
  expect(counted.reduce((sum: number, count: number) => sum + count, 0)).toBe(260);
});

it('reads a page that was shared alone, and nothing else', async () => {
  await stack.reset(60);
  await stack.control.send('POST', '/consent', { mode: 'allow', grantedScopes: ['Team handbook'] });
  await stack.connect();
  const documents = await stack.documents();
  expect(documents.map(({ title }) => title)).toContain('Team handbook');
  const [all, picked] = [await stack.pages(), new Set(documents.map(({ remoteId }) => remoteId))];
  expect(picked.size).toBeLessThan(all.length);
  const seen = all.filter(({ id }) => picked.has(id));
  expect(seen.every(({ parent }) => parent.type !== 'data_source_id')).toBe(true);
});

it('connects and tests well where Notion names the workspace only with the tokens', async () => {
  await stack.reset(12, { meNamesWorkspace: false });
  const id = await stack.connect();
  const { asUser } = stack.world.ada;
  expect((await asUser.get(`/v1/integrations/${id}`)).body).toMatchObject({
    ...{ phase: 'active', account: { email: 'ada@example.com' } },
  });
  expect(await stack.documents()).toHaveLength(12);
  expect((await asUser.post(`/v1/integrations/${id}/test`)).body).toMatchObject({ ok: true });
});

it('reads no content again that has not changed, in increments, full syncs and checks', async () => {
  await stack.reset(60);
  const id = await stack.connect();
  const since = new Date().toISOString();
  expect((await stack.sync(id)).counts).toMatchObject({ created: 0, updated: 0, deleted: 0 });
  const full = await stack.sync(id, 'full');
  expect(full.counts).toMatchObject({ unchanged: 60, created: 0, updated: 0, deleted: 0 });
  expect(contentsIn(await stack.callsSince(since))).toBe(0);
});

it('sees a second edit within the same minute', async () => {
  await stack.reset(60);
  const id = await stack.connect();
  const [page] = await stack.pages();
  await stack.changePage(page?.id ?? '', { markdown: 'First edit.' });
  expect((await stack.sync(id)).counts).toMatchObject({ updated: 1 });
  expect(await contentOf(page?.id ?? '')).toBe('First edit.');
  await stack.changePage(page?.id ?? '', { markdown: 'Second edit.' });
  expect((await stack.sync(id)).counts).toMatchObject({ updated: 1 });
  expect(await contentOf(page?.id ?? '')).toBe('Second edit.');
  expect((await stack.sync(id)).counts).toMatchObject({ updated: 0, unchanged: 1 });
});

it('reads everything else beside a page that Notion can not give, and that page once it can', async () => {
  await stack.reset(60);
  const page = (await stack.pages())[0]?.id ?? '';
  await stack.changePage(page, { markdown: 'At first.' });
  const path = `/v1/pages/${page}/markdown`;
  const broken = { provider: 'notion', path, fault: { kind: 'status', status: 500 } };
  await stack.control.send('POST', '/faults', broken);
  const id = await stack.connect();
  const { body } = await stack.world.ada.asUser.get(`/v1/integrations/${id}/runs`);
  expect(body.data[0]).toMatchObject({ status: 'succeeded', counts: { created: 60 } });
  expect(await stack.documents()).toHaveLength(60);
  expect(await contentOf(page)).toBe('');
  await stack.control.send('DELETE', '/faults');
  expect((await stack.sync(id, 'full')).counts).toMatchObject({ updated: 1, unchanged: 59 });
  expect(await contentOf(page)).toBe('At first.');

  // An edit of it, which an increment has to itself, and then the trash.
  await stack.control.send('POST', '/faults', broken);
  await stack.changePage(page, { markdown: 'Edited.' });
  expect((await stack.sync(id)).status).toBe('succeeded');
  expect(await contentOf(page)).toBe('At first.');
  await stack.changePage(page, { in_trash: true });
  expect((await stack.sync(id)).counts).toMatchObject({ deleted: 1 });
});

it('brings a page whole that is too long for one answer', async () => {
  await stack.reset(12, { markdownBlockLimit: 3 });
  const lines = ['One', '- Two', '- Three', 'Four', 'Five'];
  const { id } = await stack.createPage({ markdown: lines.join('\n') });
  await stack.connect();
  const content = await contentOf(id);
  for (const line of lines) expect(content).toContain(line);
});

it('removes a trashed page at the next sync, and brings it back when it is restored', async () => {
  await stack.reset(60);
  const id = await stack.connect();
  const pages = await stack.pages();
  const row = pages.find(({ parent }) => parent.type === 'data_source_id')?.id ?? '';
  const loose = pages.find(({ parent }) => parent.type !== 'data_source_id')?.id ?? '';
  await stack.changePage(row, { in_trash: true });
  await stack.changePage(loose, { in_trash: true });
  expect((await stack.sync(id)).counts).toMatchObject({ deleted: 2 });
  expect(await stack.documents()).toHaveLength(58);
  expect((await stack.sync(id)).counts).toMatchObject({ deleted: 0 });
  await stack.changePage(row, { in_trash: false });
  expect((await stack.sync(id)).counts).toMatchObject({ created: 1 });
  expect(await stack.documents()).toHaveLength(59);
});

it('hides a page that is no longer shared, keeps it, and shows it again when it is shared again', async () => {
  await stack.reset(60);
  const id = await stack.connect();
  const pages = await stack.pages();
  const row = pages.find(({ parent }) => parent.type === 'data_source_id')?.id ?? '';
  const [before] = (await stack.documents()).filter(({ remoteId }) => remoteId === row);
  await stack.changePage(row, { shared: false });
  const run = await stack.sync(id, 'full');
  expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 1 } });
  expect((await stack.documents()).map(({ remoteId }) => remoteId)).not.toContain(row);
  expect((await stack.world.ada.asUser.get(`/v1/documents/${before.id}`)).status).toBe(404);
  const kept = await stack.world.database.sql`select id from documents where hidden_at is not null`;
  expect(kept.map((one) => one.id)).toEqual([before.id]);
  await stack.changePage(row, { shared: true });
  await stack.sync(id, 'full');
  const [after] = (await stack.documents()).filter(({ remoteId }) => remoteId === row);
  expect(after).toMatchObject({ id: before.id, content: before.content });
});

it('hides a data source that is out of reach while the others go on, and finds it again', async () => {
  await stack.reset(60);
  const id = await stack.connect();
  const { data } = await stack.control.get<{ data: { id: string; title: { plain_text: string }[] }[] }>(
    `${workspace}/data-sources`,
  );
  const tasks = data.find(({ title }) => title[0]?.plain_text === 'Tasks');
  const path = `${workspace}/data-sources/${tasks?.id}`;
  await stack.control.send('PATCH', path, { shared: false });
  expect((await stack.sync(id)).status).toBe('succeeded');
  const remaining = await stack.documents();
  expect(remaining.length).toBeGreaterThan(0);
  expect(remaining.some(({ properties }) => 'Number' in properties)).toBe(false);
  await stack.control.send('PATCH', path, { shared: true });
  expect((await stack.sync(id, 'full')).status).toBe('succeeded');
  expect(await stack.documents()).toHaveLength(60);
});

it('keeps nothing beyond its integration that nobody could see', async () => {
  await stack.reset(60);
  const id = await stack.connect();
  const { data } = await stack.control.get<{ data: { id: string; title: { plain_text: string }[] }[] }>(
    `${workspace}/data-sources`,
  );
  const [lost, unticked] = data.map((source) => source.id);
  await stack.control.send('PATCH', `${workspace}/data-sources/${lost}`, { shared: false });
  await stack.sync(id);
  const { sql } = stack.world.database;
  // As a person does while the integration waits for a sign-in, and no run takes it up.
  await sql`update collections set subscribed = false where remote_id = ${unticked as string}`;
  const shown = (await stack.documents()).map((document) => document.id).sort();
  expect(shown.length).toBeGreaterThan(0);
  await stack.world.ada.asUser.delete(`/v1/integrations/${id}?records=keep`);
  await eventually(
    () => sql`select 1 from integrations where id = ${id}`,
    (rows) => rows.length === 0,
  );
  expect((await stack.documents()).map((document) => document.id).sort()).toEqual(shown);
  await sql`delete from documents`;
});

it('keeps pages that search leaves out, after asking for each', async () => {
  await stack.reset(60);
  const id = await stack.connect();
  await stack.control.send('PATCH', '/settings', { notion: { searchOmits: 1 } });
  const run = await stack.sync(id, 'full');
  expect(run).toMatchObject({ status: 'succeeded', counts: { deleted: 0 } });
  expect(await stack.documents()).toHaveLength(60);
});

it('follows a page that moves to another data source, under the id that it had', async () => {
  await stack.reset(60);
  const id = await stack.connect();
  const pages = await stack.pages();
  const page = pages.find(({ parent }) => parent.type === 'data_source_id');
  const target = pages.find(
    ({ parent }) => parent.type === 'data_source_id' && parent.data_source_id !== page?.parent.data_source_id,
  );
  const [before] = (await stack.documents()).filter(({ remoteId }) => remoteId === page?.id);
  await stack.changePage(page?.id ?? '', { parent: { data_source_id: target?.parent.data_source_id } });
  await stack.sync(id);
  const [after] = (await stack.documents()).filter(({ remoteId }) => remoteId === page?.id);
  expect(after.id).toBe(before.id);
  expect(after.collectionId).not.toBe(before.collectionId);
  const { body } = await stack.world.ada.asUser.get(`/v1/integrations/${id}/collections`);
  for (const { id: collectionId, recordCount } of body.data)
    expect(await stack.documents(`&collectionId=${collectionId}`)).toHaveLength(recordCount);
});

it('grades the connection, and leaves nothing behind when it is deleted', async () => {
  await stack.reset(60);
  const id = await stack.connect();
  const since = new Date().toISOString();
  const found = await stack.world.ada.asUser.get('/v1/search?q=read%20this%20fir&limit=100');
  expect(found.body.data.length).toBeGreaterThan(50);
  const { body } = await stack.world.ada.asUser.post(`/v1/integrations/${id}/test`);
  expect(body).toMatchObject({ ok: true });
  expect(body.checks.map(({ name }: { name: string }) => name)).toEqual([
    ...['token', 'account', 'read:pages', 'watch'],
  ]);
  expect(contentsIn(await stack.callsSince(since))).toBe(0);
  await stack.removeAll();
  const { sql } = stack.world.database;
  const tables = ['documents', 'search_vectors', 'search_backlog', 'stream_cursors', 'listing_marks'];
  for (const table of [...tables, 'collections', 'credentials'])
    expect(await sql`select 1 from ${sql(table)}`, table).toHaveLength(0);
});
