import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { control, signIn, startTestSandbox } from '../google/sign-in.fixture.ts';
import type { RunningSandbox } from '../server.ts';

const contactsPath = '/google/ada@example.com/contacts';
let sandbox: RunningSandbox;
let token: string;

interface Person {
  resourceName: string;
  names?: { displayName: string }[];
}
interface Listed<T> {
  data: T[];
  nextCursor: string | null;
}

beforeEach(async () => {
  sandbox = await startTestSandbox();
  token = (await signIn(sandbox)).access_token;
});
afterEach(() => sandbox.close());

const call = (path: string, init: RequestInit = {}) =>
  fetch(sandbox.url + path, { ...init, headers: { Authorization: `Bearer ${token}` } });
const connections = (more = '') => call(`/v1/people/me/connections?personFields=names&pageSize=50${more}`);
const fault = (order: object) =>
  control<{ id: string }>(sandbox, 'POST', '/faults', { provider: 'google', ...order });
const create = () =>
  call('/v1/people:createContact', {
    method: 'POST',
    body: JSON.stringify({ names: [{ givenName: 'Zed' }] }),
  });
const countZed = async () => {
  const { data } = await control<Listed<Person>>(sandbox, 'GET', `${contactsPath}?limit=1000`);
  return data.filter((person) => person.names?.[0]?.displayName === 'Zed').length;
};

describe('reset', () => {
  it('makes the same world for the same seed, and another for another', async () => {
    const world = async (seed: number) => {
      await control(sandbox, 'POST', '/reset', { seed, contacts: 300, calendars: 5, eventsPerCalendar: 80 });
      const people = await control<Listed<Person>>(sandbox, 'GET', `${contactsPath}?limit=1000`);
      const calendars = await control<Listed<{ id: string }>>(
        sandbox,
        'GET',
        '/google/ada@example.com/calendars',
      );
      const events = await Promise.all(
        calendars.data.map(({ id }) =>
          control<Listed<object>>(
            sandbox,
            'GET',
            `/google/ada@example.com/calendars/${encodeURIComponent(id)}/events?limit=1000`,
          ),
        ),
      );
      return { people: people.data, calendars: calendars.data, events: events.map(({ data }) => data) };
    };
    const first = await world(7);
    await control(sandbox, 'POST', contactsPath, { names: [{ givenName: 'Extra' }] });
    const second = await world(7);
    expect(second).toEqual(first);
    expect([first.people.length, first.calendars.length, first.events.map((one) => one.length)]).toEqual([
      300,
      5,
      [80, 80, 80, 80, 80],
    ]);
    expect((await world(8)).people[0]?.resourceName).not.toBe(first.people[0]?.resourceName);
  });

  it('refuses unknown fields and says which, also of a contact, a calendar and an event', async () => {
    for (const path of [
      contactsPath,
      '/google/ada@example.com/calendars',
      '/google/ada@example.com/calendars/primary/events',
    ]) {
      const answer = await fetch(`${sandbox.url}/_control${path}`, { method: 'POST', body: '{"titel":"x"}' });
      expect([path, answer.status, await answer.text()]).toEqual([
        path,
        400,
        expect.stringContaining('titel'),
      ]);
    }
    const refused = await fetch(`${sandbox.url}/_control/reset`, {
      method: 'POST',
      body: '{"seed":1,"contact":5}',
    });
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { detail: expect.stringContaining('contact') },
    ]);
  });
});

describe('listings', () => {
  it('pages by cursor and takes contacts by encoded, plain and short name', async () => {
    const first = await control<Listed<Person>>(sandbox, 'GET', `${contactsPath}?limit=100`);
    const second = await control<Listed<Person>>(
      sandbox,
      'GET',
      `${contactsPath}?limit=100&cursor=${first.nextCursor}`,
    );
    expect([first.data.length, second.data.length, second.nextCursor]).toEqual([100, 20, null]);
    const name = second.data[0]?.resourceName as string;
    for (const form of [name, encodeURIComponent(name), name.slice('people/'.length)])
      expect((await control<Person>(sandbox, 'GET', `${contactsPath}/${form}`)).resourceName).toBe(name);
    const accounts = await control<Listed<{ provider: string; name: string }>>(sandbox, 'GET', '/accounts');
    const google = accounts.data.filter(({ provider }) => provider === 'google').map(({ name }) => name);
    expect(google).toEqual(['ada@example.com', 'grace@example.com']);
  });
});

describe('faults', () => {
  it('answers a status so many times after so many calls, on that path, with the provider’s own body or the given one', async () => {
    await fault({
      method: 'get',
      path: '/v1/people/*/connections',
      after: 1,
      times: 1,
      fault: { kind: 'status', status: 429 },
    });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await connections()).status);
    expect(statuses).toEqual([200, 429, 200]);
    await fault({
      path: '/calendar',
      times: 1,
      fault: { kind: 'status', status: 403, headers: { 'Retry-After': '2' } },
    });
    const limited = await call('/calendar/v3/users/me/calendarList');
    expect([limited.headers.get('retry-after'), await limited.json()]).toMatchObject([
      '2',
      { error: { errors: [{ reason: 'userRateLimitExceeded' }] } },
    ]);
    await fault({ times: 1, fault: { kind: 'status', status: 500, body: { mine: true } } });
    expect(await (await connections()).json()).toEqual({ mine: true });
  });

  it('hits one account alone, with a share that a seed decides', async () => {
    await fault({ account: 'grace@example.com', fault: { kind: 'status', status: 503 } });
    expect((await connections()).status).toBe(200);
    const draw = async () => {
      const { id } = await fault({ probability: 0.5, seed: 3, fault: { kind: 'status', status: 503 } });
      const statuses = [];
      for (let i = 0; i < 12; i++) statuses.push((await connections()).status);
      await control(sandbox, 'DELETE', `/faults/${id}`);
      return statuses;
    };
    const drawn = await draw();
    expect(new Set(drawn)).toEqual(new Set([200, 503]));
    expect(await draw()).toEqual(drawn);
  });

  it('loses a request before it is done, and an answer after', async () => {
    await fault({ times: 1, fault: { kind: 'lose-request' } });
    await expect(create()).rejects.toThrow();
    expect(await countZed()).toBe(0);
    await fault({ times: 1, fault: { kind: 'lose-answer' } });
    await expect(create()).rejects.toThrow();
    expect(await countZed()).toBe(1);
  });

  it('cuts a body in half, and delays', async () => {
    await fault({ times: 1, fault: { kind: 'cut-body' } });
    const cut = await connections();
    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow();
    await fault({ times: 1, fault: { kind: 'delay', ms: 80 } });
    const before = performance.now();
    await connections();
    expect(performance.now() - before).toBeGreaterThan(75);
  });

  it('truncates a listing that still looks complete', async () => {
    await fault({ fault: { kind: 'truncate-list', keep: 0.5 } });
    const listed = [];
    let page: { connections?: object[]; nextPageToken?: string; nextSyncToken?: string };
    let pageToken = '';
    do {
      page = (await (await connections(`&requestSyncToken=true${pageToken}`)).json()) as typeof page;
      listed.push(...(page.connections ?? []));
      pageToken = `&pageToken=${page.nextPageToken}`;
    } while (page.nextPageToken);
    expect([listed.length, typeof page.nextSyncToken]).toEqual([60, 'string']);
    await control(sandbox, 'DELETE', '/faults');
    await fault({ fault: { kind: 'truncate-list', keep: 0 } });
    expect(((await (await connections()).json()) as typeof page).connections).toBeUndefined();
  });

  it('reads a stale world by listing and by id, and leaves writes alone', async () => {
    const made = (await (await create()).json()) as Person;
    await fault({ fault: { kind: 'stale-read', ms: 60_000 } });
    expect((await call(`/v1/${made.resourceName}?personFields=names`)).status).toBe(404);
    expect((await create()).status).toBe(200);
    await control(sandbox, 'DELETE', '/faults');
    expect((await call(`/v1/${made.resourceName}?personFields=names`)).status).toBe(200);
  });
});

describe('the request log', () => {
  it('tells method, path, status, account and whether it wrote, but no token', async () => {
    const since = new Date().toISOString();
    await connections();
    await create();
    await fetch(`${sandbox.url}/revoke?token=${token}`, { method: 'POST' });
    const log = await control<Listed<object>>(sandbox, 'GET', `/requests?provider=google&since=${since}`);
    const account = 'ada@example.com';
    expect(log.data).toMatchObject([
      {
        provider: 'google',
        account,
        method: 'GET',
        path: '/v1/people/me/connections',
        status: 200,
        write: false,
      },
      { account, method: 'POST', path: '/v1/people:createContact', status: 200, write: true },
      { account, method: 'POST', path: '/revoke', status: 200, write: true },
    ]);
    expect(JSON.stringify(log)).not.toContain(token);
    const paged = await control<Listed<object>>(sandbox, 'GET', `/requests?since=${since}&limit=2`);
    const rest = await control<Listed<object>>(
      sandbox,
      'GET',
      `/requests?since=${since}&cursor=${paged.nextCursor}`,
    );
    expect([paged.data.length, rest.data.length]).toEqual([2, 1]);
  });
});

describe('durability', () => {
  let stateDir: string;
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'sandbox-'));
  });
  afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

  /** The sandbox as a process of its own, to be killed. */
  async function spawnSandbox(): Promise<{ url: string; kill: () => Promise<void> }> {
    const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts')], {
      env: { ...process.env, SANDBOX_PORT: '0', SANDBOX_STATE_DIR: stateDir, SANDBOX_CONSENT: 'allow' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        const found = /http:\S+/.exec(chunk.toString());
        if (found) resolve(found[0]);
      });
      child.once('exit', () => reject(new Error('the sandbox did not start')));
    });
    const kill = async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    };
    return { url, kill };
  }

  it('keeps world, writes, tokens, sync tokens, channels and settings through kill -9', async () => {
    const first = await spawnSandbox();
    const asRunning = (url: string): RunningSandbox => ({ url, close: async () => {} });
    let running = asRunning(first.url);
    await control(running, 'POST', '/reset', { seed: 11, contacts: 40 });
    await control(running, 'PATCH', '/settings', { google: { clientName: 'Kept' } });
    const tokens = await signIn(running);
    const api = (path: string, init: RequestInit = {}) =>
      fetch(running.url + path, { ...init, headers: { Authorization: `Bearer ${tokens.access_token}` } });
    const list = async (more: string) =>
      (await (
        await api(
          `/v1/people/me/connections?personFields=names,metadata&requestSyncToken=true&pageSize=1000${more}`,
        )
      ).json()) as {
        connections?: Person[];
        nextSyncToken: string;
      };
    const full = await list('');
    const channel = { id: 'kept', type: 'web_hook', address: 'http://127.0.0.1:9/push' };
    await api('/calendar/v3/calendars/primary/events/watch', {
      method: 'POST',
      body: JSON.stringify(channel),
    });
    const victim = full.connections?.[0]?.resourceName as string;
    await api(`/v1/${victim}:deleteContact`, { method: 'DELETE' });
    await api('/v1/people:createContact', { method: 'POST', body: '{"names":[{"givenName":"Survivor"}]}' });
    await first.kill();

    const second = await spawnSandbox();
    try {
      running = asRunning(second.url);
      const changed = await list(`&syncToken=${full.nextSyncToken}`);
      expect(changed.connections?.map((one) => one.names?.[0]?.displayName ?? one.resourceName)).toEqual([
        victim,
        'Survivor',
      ]);
      expect((await list('')).connections).toHaveLength(40);
      const refreshed = await fetch(`${running.url}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: 'sandbox-google-client',
          client_secret: 'sandbox-google-secret',
          grant_type: 'refresh_token',
          refresh_token: tokens.refresh_token as string,
        }),
      });
      expect(refreshed.status).toBe(200);
      const channels = await control<Listed<object>>(running, 'GET', '/google/ada@example.com/channels');
      expect(channels.data).toMatchObject([{ id: 'kept' }]);
      expect(await control(running, 'GET', '/settings')).toMatchObject({ google: { clientName: 'Kept' } });
    } finally {
      await second.kill();
    }
  });
});
