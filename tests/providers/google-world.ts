import type { OAuthClient, ProviderEnvironment, Tokens } from '../../providers/contract/index.ts';
import { signIn } from '../../providers/contract-suite/sign-in.ts';
import type { ContactWriting, ProviderWorld, RecordWorld } from '../../providers/contract-suite/world.ts';
import { readProviderEnvironments } from '../../providers/environment.ts';
import { findAdapter } from '../../providers/registry.ts';
import { googleModule } from '../../sandbox/google/index.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { type Control, openControl } from './control.ts';
import { listenForPushes } from './push-listener.ts';

const email = 'ada@example.com';
const redirectUri = 'http://127.0.0.1:9/oauth/callback';
const account = `/google/${email}`;

/** Paths of the calls that list a stream. */
const listings: Readonly<Record<string, string>> = {
  events: '/calendar/v3/calendars/*/events',
  contacts: '/v1/people/me/connections',
  groups: '/v1/contactGroups',
  other_contacts: '/v1/otherContacts',
};

export async function openGoogleWorld(adapterId: string): Promise<ProviderWorld> {
  const sandbox = await startSandbox({ port: 0, modules: [googleModule] });
  const control = openControl(sandbox.url);
  await control.send('POST', '/reset', { seed: 7, contacts: 1500, calendars: 3, eventsPerCalendar: 60 });
  const environment = readProviderEnvironments({ SANDBOX_URL: sandbox.url }).get(adapterId);
  if (environment === undefined) throw new Error(`no environment for ${adapterId}`);
  const asked = requireOAuth(adapterId, environment).scopes;
  const person = { account: { id: await readAccountId(control), email }, redirectUri };
  const owner = { environment, signIn: () => signIn(requireOAuth(adapterId, environment), person) };
  const pushes = await listenForPushes();
  return {
    environment,
    ...person,
    records:
      adapterId === 'google-calendar' ? await calendarRecords(control) : contactRecords(control, owner),
    ...(adapterId === 'google-contacts' ? { contactWriting: contactWriting(control) } : {}),
    pushes,
    async consent({ deny, withheld = [] }) {
      const grantedScopes = asked.map(({ scope }) => scope).filter((scope) => !withheld.includes(scope));
      await control.send('POST', '/consent', { mode: deny ? 'deny' : 'allow', grantedScopes });
    },
    expireAccessTokens: () => control.send('POST', `${account}/access-tokens/expire`, {}).then(() => {}),
    revokeGrant: () => control.send('POST', `${account}/revoke`, {}).then(() => {}),
    async failListing(stream, status, headers = {}) {
      const fault = { kind: 'status', status, headers };
      await control.send('POST', '/faults', {
        provider: 'google',
        method: 'GET',
        path: listings[stream],
        fault,
      });
    },
    healListings: () => control.send('DELETE', '/faults').then(() => {}),
    async close() {
      pushes.close();
      await sandbox.close();
    },
  };
}

function requireOAuth(adapterId: string, environment: ProviderEnvironment): OAuthClient {
  const oauth = findAdapter(adapterId)?.oauth?.(environment);
  if (oauth === undefined) throw new Error(`${adapterId} has no OAuth`);
  return oauth;
}

async function readAccountId(control: Control): Promise<string> {
  const { data } = await control.get<{ data: { name: string; id: string }[] }>('/accounts');
  const found = data.find(({ name }) => name === email);
  if (found === undefined) throw new Error(`the stand-in has no account ${email}`);
  return found.id;
}

const expireCursors = (control: Control) => async () => {
  await control.send('POST', `${account}/sync-tokens/expire`, {});
};

async function calendarRecords(control: Control): Promise<ProviderWorld['records']> {
  const { data } = await control.get<{ data: { id: string; primary?: boolean }[] }>(`${account}/calendars`);
  const collection = data.find(({ primary }) => primary)?.id ?? email;
  const path = `${account}/calendars/${encodeURIComponent(collection)}/events`;
  const time = (hour: number) => ({ dateTime: `2026-11-20T${hour}:00:00+01:00`, timeZone: 'Europe/Berlin' });
  return {
    events: {
      collection,
      ...controlledRecords(control, path, 'id', {
        created: { summary: 'Planning', start: time(10), end: time(11) },
        changed: { summary: 'Planning, moved' },
      }),
    },
  };
}

function contactRecords(control: Control, owner: Owner): ProviderWorld['records'] {
  return {
    contacts: controlledRecords(control, `${account}/contacts`, 'resourceName', {
      created: { names: [{ givenName: 'Edsger', familyName: 'Dijkstra' }] },
      changed: { names: [{ givenName: 'Edsger Wybe', familyName: 'Dijkstra' }] },
    }),
    groups: { ...groupRecords(owner), expireCursors: expireCursors(control) },
    other_contacts: controlledRecords(control, `${account}/other-contacts`, 'resourceName', {
      created: { emailAddresses: [{ value: 'barbara@mail.example' }] },
      changed: { emailAddresses: [{ value: 'liskov@mail.example' }] },
    }),
  };
}

const contactWriting = (control: Control): ContactWriting => ({
  stream: 'contacts',
  writeScope: 'https://www.googleapis.com/auth/contacts',
  draft: (givenName) => ({ names: [{ givenName }], clientData: [{ key: 'harmony-op', value: 'op_1' }] }),
  rename: ({ etag }, givenName) => ({
    mask: ['names'],
    person: { metadata: { sources: [{ type: 'CONTACT', etag }] }, names: [{ givenName }] },
  }),
  nameOf: ({ raw }) => (raw as { names?: { givenName?: string }[] }).names?.[0]?.givenName,
  async loseNextWrite(what) {
    const fault = { kind: `lose-${what}` };
    await control.send('POST', '/faults', { provider: 'google', method: 'POST', times: 1, fault });
  },
});

/** The account's owner with a token of their own, made anew each time because the suite revokes them. */
interface Owner {
  readonly environment: ProviderEnvironment;
  signIn(): Promise<Tokens>;
}

/** The control surface has no labels, so the owner changes them through the API. */
function groupRecords(owner: Owner): RecordWorld {
  type Group = { resourceName: string; etag: string };
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const { accessToken } = await owner.signIn();
    const response = await fetch(`${owner.environment.origins.people}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
    return (await response.json()) as T;
  };
  return {
    async ids() {
      const { contactGroups } = await call<{ contactGroups: Group[] }>('GET', 'contactGroups?pageSize=1000');
      return contactGroups.map(({ resourceName }) => resourceName);
    },
    async create() {
      const contactGroup = { name: 'Chess club' };
      return (await call<Group>('POST', 'contactGroups', { contactGroup })).resourceName;
    },
    async update(id) {
      const { etag } = await call<Group>('GET', id);
      await call('PUT', id, { contactGroup: { etag, name: 'Chess and tea club' } });
    },
    remove: (id) => call<void>('DELETE', id),
  };
}

function controlledRecords(
  control: Control,
  path: string,
  idField: 'id' | 'resourceName',
  bodies: { readonly created: object; readonly changed: object },
): RecordWorld {
  type Row = Record<'id' | 'resourceName', string>;
  const at = (id: string) => `${path}/${encodeURIComponent(id.split('/').at(-1) ?? id)}`;
  return {
    async ids() {
      const { data } = await control.get<{ data: Row[] }>(`${path}?limit=100000`);
      return data.map((row) => row[idField]);
    },
    async create() {
      return (await control.send<Row>('POST', path, bodies.created))[idField];
    },
    update: (id) => control.send('PATCH', at(id), bodies.changed).then(() => {}),
    remove: (id) => control.send('DELETE', at(id)).then(() => {}),
    expireCursors: expireCursors(control),
  };
}
