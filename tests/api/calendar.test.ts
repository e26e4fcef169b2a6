/** Calendars over HTTP: ticking, refreshing the list, and a push that brings a change in by itself. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { collectionsRefreshed } from '../../api/contract/collection.ts';
import { type Control, openControl } from '../providers/control.ts';
import { eventually, openBrowser, readMessage } from './browser.ts';
import { type ApiWorld, openApiWorld } from './world.ts';

let world: ApiWorld;
let control: Control;
let id: string;
const calendars = '/google/ada@example.com/calendars';

beforeAll(async () => {
  world = await openApiWorld({ parts: 'whole' });
  control = openControl(world.sandboxUrl);
  await control.send('POST', '/reset', { seed: 5, contacts: 1, calendars: 3, eventsPerCalendar: 6 });
  await control.send('POST', '/consent', { mode: 'allow' });
  const { body } = await world.ada.asUser.post('/v1/integrations', { body: { provider: 'google-calendar' } });
  id = body.integration.id;
  const browser = openBrowser(world);
  const page = await browser.open(await browser.consent(body.authorizationUrl));
  expect(readMessage(page)).toMatchObject({ ok: true });
  await eventually(
    () => world.ada.asUser.get(`/v1/integrations/${id}`),
    (answer) => answer.body.lastRun?.status === 'succeeded',
  );
});
afterAll(() => world.close());

const readCollections = async () =>
  (await world.ada.asUser.get(`/v1/integrations/${id}/collections`)).body.data as {
    id: string;
    remoteId: string;
    name: string;
    subscribed: boolean;
    recordCount: number;
  }[];
const readEvents = (query = '') =>
  world.ada.asUser.get(`/v1/calendar-events?limit=1000&includeCancelled=true${query}`);
const findSubscribed = async () => {
  const found = (await readCollections()).find(
    (collection) => collection.subscribed && collection.recordCount > 0,
  );
  if (found === undefined) throw new Error('no calendar with events is ticked');
  return found;
};

it('hides an unticked calendar at once, and brings it back when it is ticked again', async () => {
  const target = await findSubscribed();
  const path = `/v1/integrations/${id}/collections/${target.id}`;
  const mine = `&calendarId=${target.id}`;
  const { length } = (await readEvents(mine)).body.data;
  expect(length).toBeGreaterThan(0);
  expect((await world.ada.asUser.patch(path, { body: { subscribed: false } })).body.subscribed).toBe(false);
  expect((await readEvents(mine)).body.data).toEqual([]);
  expect((await world.ada.asUser.patch(path, { body: { subscribed: true } })).body.subscribed).toBe(true);
  await eventually(
    () => readEvents(mine),
    ({ body }) => body.data.length === length,
  );
});

it('names what the refresh found, and keeps every choice', async () => {
  const before = await readCollections();
  const [first, last] = [before.find((row) => row.remoteId !== 'ada@example.com'), before.at(-1)];
  if (first === undefined || last === undefined || first === last) throw new Error('too few calendars');
  await control.send('POST', calendars, { summary: 'Brand new' });
  await control.send('PATCH', `${calendars}/${encodeURIComponent(first.remoteId)}`, { summary: 'Renamed' });
  await control.send('DELETE', `${calendars}/${encodeURIComponent(last.remoteId)}`);
  const answer = await world.ada.asUser.post(`/v1/integrations/${id}/collections/refresh`);
  expect(answer.status, answer.text).toBe(200);
  const { added, renamed, missing } = collectionsRefreshed.parse(answer.body);
  expect(added.map(({ name }) => name)).toEqual(['Brand new']);
  expect(renamed.map((row) => ({ id: row.id, name: row.name }))).toEqual([{ id: first.id, name: 'Renamed' }]);
  expect(missing.map((row) => row.id)).toEqual([last.id]);
  const choices = new Map((await readCollections()).map((row) => [row.id, row.subscribed]));
  for (const { id: collectionId, subscribed } of before) expect(choices.get(collectionId)).toBe(subscribed);
  const again = await world.ada.asUser.post(`/v1/integrations/${id}/collections/refresh`);
  expect(again.body).toEqual({ added: [], renamed: [], missing: [] });
});

it('brings a change in by its push, without anybody asking', async () => {
  const target = await findSubscribed();
  await control.send('POST', `${calendars}/${encodeURIComponent(target.remoteId)}/events`, {
    summary: 'Pushed',
    start: { dateTime: '2026-12-01T10:00:00Z' },
    end: { dateTime: '2026-12-01T11:00:00Z' },
  });
  const { body } = await eventually(
    () => readEvents('&from=2026-12-01&to=2026-12-02'),
    (answer) => answer.body.data.some(({ title }: { title: string }) => title === 'Pushed'),
  );
  const found = body.data.find(({ title }: { title: string }) => title === 'Pushed');
  expect(found).toMatchObject({ integrationId: id, collectionId: target.id, status: 'confirmed' });
});
