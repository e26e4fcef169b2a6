import type { PageObjectResponse } from '@notionhq/client';
import { expect, test } from 'vitest';
import { answering, serve } from '../google/local-server.ts';
import { readPages } from './read-pages.ts';
import { createNotion } from './transport.ts';

const signal = AbortSignal.timeout(10_000);
const editedLongAgo = '2026-01-01T00:00:00.000Z';

const page = (id: string, more: object = {}) =>
  ({
    ...{ object: 'page', id, last_edited_time: editedLongAgo, url: `https://notion.example/${id}` },
    ...{ icon: null, cover: null, properties: { Name: { type: 'title', title: [{ plain_text: id }] } } },
    ...more,
  }) as unknown as PageObjectResponse;

/** Answers contents, except for ids that `fails` gives a status. */
async function contents(fails: Readonly<Record<string, number>> = {}) {
  const asked: string[] = [];
  const origin = await serve((request, response) => {
    const id = (request.url ?? '').split('/')[3] ?? '';
    asked.push(id);
    const status = fails[id] ?? 200;
    const body =
      status === 200 ? { markdown: `# ${id}` } : { object: 'error', status, code: 'x', message: 'm' };
    answering(status, body, status === 429 ? { 'Retry-After': '5' } : {})(request, response);
  });
  const environment = { live: false, origins: { api: origin }, clientId: 'c', clientSecret: 's' };
  return { asked, notion: createNotion(environment, { accessToken: 't' }) };
}

test('each page comes with its content', async () => {
  const { notion } = await contents();
  const read = await readPages(notion, { signal }, { pages: [page('a'), page('b')], leaveOutCurrent: false });
  expect(read.upserts.map(({ remoteId, content }) => [remoteId, content]).sort()).toEqual([
    ['a', '# a'],
    ['b', '# b'],
  ]);
  expect(read.cutShortBy).toBeUndefined();
});

test('a content that is held and settled is not asked for; an increment leaves the page out', async () => {
  const { asked, notion } = await contents();
  const known = async () => new Map([['a', `v1:${editedLongAgo}`]]);
  const pages = [page('a'), page('b')];
  const full = await readPages(notion, { signal, known }, { pages, leaveOutCurrent: false });
  const held = full.upserts.find(({ remoteId }) => remoteId === 'a');
  expect(held).toBeDefined();
  expect(held).not.toHaveProperty('content');
  const increment = await readPages(notion, { signal, known }, { pages, leaveOutCurrent: true });
  expect(increment.upserts.map(({ remoteId }) => remoteId)).toEqual(['b']);
  expect(asked).toEqual(['b', 'b']);
});

test('a held page whose lists are cut is named as unchanged instead of being compared', async () => {
  const { notion } = await contents();
  const cut = page('a', { properties: { R: { type: 'relation', relation: [], has_more: true } } });
  const known = async () => new Map([['a', `v1:${editedLongAgo}`]]);
  const read = await readPages(notion, { signal, known }, { pages: [cut], leaveOutCurrent: false });
  expect(read).toMatchObject({ upserts: [], unchanged: ['a'] });
});

test('a look asks for no contents at all', async () => {
  const { asked, notion } = await contents();
  const order = { pages: [page('a')], leaveOutCurrent: true };
  const read = await readPages(notion, { signal, peek: true }, order);
  expect(read.upserts.map(({ remoteId }) => remoteId)).toEqual(['a']);
  expect(asked).toEqual([]);
});

test('a page that is no longer shared is lost, and the others are read', async () => {
  const { notion } = await contents({ b: 404 });
  const pages = ['a', 'b', 'c'].map((id) => page(id));
  const read = await readPages(notion, { signal }, { pages, leaveOutCurrent: false });
  expect(read.lost).toEqual(['b']);
  expect(read.upserts).toHaveLength(2);
});

test('a limit keeps what was read before it, says what it was, and asks for nothing more', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `p${index}`);
  const { asked, notion } = await contents(Object.fromEntries(ids.slice(10).map((id) => [id, 429])));
  const pages = ids.map((id) => page(id));
  const read = await readPages(notion, { signal }, { pages, leaveOutCurrent: false });
  expect(read.upserts).toHaveLength(10);
  expect(read.cutShortBy).toMatchObject({ kind: 'rate_limited', retryAfterMs: 5000 });
  expect(asked.length).toBeLessThanOrEqual(13);
});

test('a limit before anything was read is the failure of the call', async () => {
  const { notion } = await contents({ a: 429 });
  const order = { pages: [page('a')], leaveOutCurrent: false };
  await expect(readPages(notion, { signal }, order)).rejects.toMatchObject({ kind: 'rate_limited' });
});
