import type { PageObjectResponse } from '@notionhq/client';
import { expect, onTestFinished, test, vi } from 'vitest';
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

type Answer = number | { readonly markdown: string; readonly leftOut?: readonly string[] };

/** Answers contents, or for some ids what `others` gives for them: a status or a content, in turn where it is a list. */
async function contents(
  others: Readonly<Record<string, Answer | readonly Answer[]>> = {},
  onAsked: (id: string) => void = () => {},
) {
  const asked: string[] = [];
  const origin = await serve((request, response) => {
    const id = (request.url ?? '').split('/')[3] ?? '';
    const before = asked.filter((one) => one === id).length;
    asked.push(id);
    onAsked(id);
    const turns = [others[id] ?? { markdown: `# ${id}` }].flat();
    const answer = turns[Math.min(before, turns.length - 1)] as Answer;
    if (typeof answer === 'number') {
      const body = { object: 'error', status: answer, code: 'x', message: 'm' };
      answering(answer, body, answer === 429 ? { 'Retry-After': '5' } : {})(request, response);
      return;
    }
    const { markdown, leftOut = [] } = answer;
    answering(200, { markdown, truncated: leftOut.length > 0, unknown_block_ids: leftOut })(
      request,
      response,
    );
  });
  const environment = { live: false, origins: { api: origin }, clientId: 'c', clientSecret: 's' };
  return { asked, notion: createNotion(environment, { accessToken: 't' }) };
}

/** Reads these pages with nothing held, contents by id. */
async function read(ids: readonly string[], { notion }: Awaited<ReturnType<typeof contents>>) {
  const pages = ids.map((id) => page(id));
  const answer = await readPages(notion, { signal }, { pages, leaveOutCurrent: false });
  return { ...answer, contents: new Map(answer.upserts.map((one) => [one.remoteId, one.content])) };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`);

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
  const ids = numbered(40);
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

test('a page whose content is refused, or not given twice, comes without one and holds up no other', async () => {
  const provider = await contents({ a: 400, b: 503, c: [503, { markdown: 'Late.' }] });
  const { contents: given, upserts, cutShortBy } = await read(['a', 'b', 'c', 'd', 'e'], provider);
  expect(cutShortBy).toBeUndefined();
  expect(Object.fromEntries(given)).toEqual({ a: undefined, b: undefined, c: 'Late.', d: '# d', e: '# e' });
  const marks = upserts.map(({ remoteId, etag }) => [remoteId, etag]).sort();
  expect(marks).toEqual([
    ['a', 'v1:unread'],
    ['b', 'v1:unread'],
    ...['c', 'd', 'e'].map((id) => [id, `v1:${editedLongAgo}`]),
  ]);
});

test('a page that could not be read is read when it comes up again', async () => {
  const { asked, notion } = await contents();
  const known = async () => new Map([['a', 'v1:unread']]);
  const order = { pages: [page('a')], leaveOutCurrent: true };
  const again = await readPages(notion, { signal, known }, order);
  expect(again.upserts).toMatchObject([{ remoteId: 'a', content: '# a' }]);
  expect(asked).toEqual(['a']);
});

test('a held page that can not be read and whose lists are cut stays as it is held', async () => {
  const { notion } = await contents({ a: 400 });
  const cut = page('a', { properties: { R: { type: 'relation', relation: [], has_more: true } } });
  const known = async () => new Map([['a', 'v1:before']]);
  const held = await readPages(notion, { signal, known }, { pages: [cut], leaveOutCurrent: true });
  expect(held).toMatchObject({ upserts: [], unchanged: ['a'] });
});

test('a page by itself comes without content where the failure is its own, and an outage is waited for', async () => {
  const alone = async (status: number) =>
    read(['a'], await contents({ a: status })).catch(({ kind }) => kind);
  const [refused, broken, away] = await Promise.all([alone(400), alone(500), alone(503)]);
  for (const own of [refused, broken]) expect(own.upserts).toMatchObject([{ etag: 'v1:unread' }]);
  expect(away).toBe('transient');
});

test('many that can not be read, side by side, hold up no other', async () => {
  const ids = numbered(30);
  const provider = await contents(Object.fromEntries(ids.slice(0, 8).map((id) => [id, 400])));
  const { contents: given, cutShortBy } = await read(ids, provider);
  expect(cutShortBy).toBeUndefined();
  expect([...given.values()].filter((content) => content === undefined)).toHaveLength(8);
});

test('an outage, or a refusal of everything, takes no content away', async () => {
  for (const [status, kind] of [
    [503, 'transient'],
    [400, 'invalid_request'],
  ] as const) {
    const ids = numbered(40);
    const provider = await contents(Object.fromEntries(ids.map((id) => [id, status])));
    await expect(read(ids, provider)).rejects.toMatchObject({ kind });
    expect(provider.asked.length).toBeLessThan(10);
    const late = await contents(Object.fromEntries(ids.slice(20).map((id) => [id, status])));
    // From both ends, so that all that can be read is.
    const { contents: given, cutShortBy } = await read(ids, late);
    expect([...given.values()].filter((content) => content !== undefined)).toHaveLength(20);
    expect(cutShortBy?.kind, 'what is left is asked for again').toBe(kind);
  }
});

test('pages that take their minutes are left to the next call, before the activity is taken for dead', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const passAMinute = (id: string) => {
    if (id === 'p0') vi.setSystemTime(Date.now() + 61_000);
  };
  const provider = await contents({ p0: 503 }, passAMinute);
  const { contents: given, cutShortBy } = await read(numbered(40), provider);
  expect(given.size).toBeLessThan(10);
  expect(cutShortBy).toMatchObject({ kind: 'transient' });
});

test('what an answer leaves out of a long page is asked for and stands at the end', async () => {
  const provider = await contents({
    a: { markdown: 'Start', leftOut: ['b1', 'unshared', 'b2'] },
    b1: { markdown: 'Middle', leftOut: ['b3'] },
    unshared: 404,
    b2: { markdown: 'End', leftOut: ['b1'] },
    b3: { markdown: 'of the story' },
  });
  const { contents: given, upserts } = await read(['a'], provider);
  expect(given.get('a')).toBe('Start\nMiddle\nof the story\nEnd');
  expect(upserts).toMatchObject([{ etag: `v1:${editedLongAgo}` }]);
  expect(provider.asked).toEqual(['a', 'b1', 'b3', 'unshared', 'b2']);
});

test('a page of very many parts, or of slow ones, ends after so many calls, or so long', async () => {
  const long = { a: { markdown: 'Start', leftOut: numbered(100) } };
  const many = await contents(long);
  await read(['a'], many);
  expect(many.asked).toHaveLength(31);
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const slow = await contents(long, () => vi.setSystemTime(Date.now() + 10_000));
  await read(['a'], slow);
  expect(slow.asked).toHaveLength(5);
});
