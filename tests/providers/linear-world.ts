import type { ProviderWorld, RecordWorld } from '../../providers/contract-suite/world.ts';
import { readProviderEnvironments } from '../../providers/environment.ts';
import { linearModule } from '../../sandbox/linear/index.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { type Control, openControl } from './control.ts';

const organization = '/linear/northwind';

/** The first root field of a stream's listing, which faults go by. */
const listings: Readonly<Record<string, string>> = {
  issues: '/graphql/issues',
  comments: '/graphql/comments',
  members: '/graphql/users',
};

export async function openLinearWorld(): Promise<ProviderWorld> {
  const sandbox = await startSandbox({ port: 0, modules: [linearModule] });
  const control = openControl(sandbox.url);
  await control.send('POST', '/reset', { seed: 7, linearIssues: 900, linearMembers: 300 });
  const environment = readProviderEnvironments({ SANDBOX_URL: sandbox.url }).get('linear');
  if (environment === undefined) throw new Error('no environment for Linear');
  const { data: accounts } = await control.get<{ data: { name: string; id: string }[] }>('/accounts');
  const account = accounts.find(({ name }) => name === 'northwind');
  if (account === undefined) throw new Error('the stand-in has no northwind');
  return {
    environment,
    account: { id: account.id, email: 'ada@example.com' },
    redirectUri: 'http://127.0.0.1:9/oauth/callback',
    records: await linearRecords(control),
    async consent({ deny }) {
      await control.send('POST', '/consent', { mode: deny ? 'deny' : 'allow' });
    },
    expireAccessTokens: () => control.send('POST', `${organization}/access-tokens/expire`, {}).then(() => {}),
    revokeGrant: () => control.send('POST', `${organization}/revoke`, {}).then(() => {}),
    async failListing(stream, status, headers = {}) {
      const fault = { kind: 'status', status, headers };
      await control.send('POST', '/faults', { provider: 'linear', path: listings[stream], fault });
    },
    healListings: () => control.send('DELETE', '/faults').then(() => {}),
    close: () => sandbox.close(),
  };
}

interface Issue {
  readonly id: string;
  readonly team: { readonly id: string };
  readonly trashed: boolean | null;
}
interface Comment {
  readonly id: string;
  readonly issue: { readonly id: string };
}

const all = async <T>(control: Control, path: string): Promise<T[]> =>
  (await control.get<{ data: T[] }>(`${organization}/${path}?limit=100000`)).data;

async function linearRecords(control: Control): Promise<ProviderWorld['records']> {
  const issues = await all<Issue>(control, 'issues');
  const collection = (issues[0] as Issue).team.id;
  const ofTeam = async () =>
    (await all<Issue>(control, 'issues')).filter(({ team }) => team.id === collection);
  const one = (path: string) => `${organization}/${path}`;
  const issueRecords: RecordWorld = {
    ids: async () => (await ofTeam()).filter(({ trashed }) => trashed !== true).map(({ id }) => id),
    create: async () =>
      (await control.send<Issue>('POST', one('issues'), { teamId: collection, title: 'Tea is out' })).id,
    update: (id) => control.send('PATCH', one(`issues/${id}`), { title: 'Tea is in' }).then(() => {}),
    remove: (id) => control.send('DELETE', one(`issues/${id}`)).then(() => {}),
  };
  const commentRecords: RecordWorld = {
    async ids() {
      const there = new Set((await ofTeam()).map(({ id }) => id));
      const comments = await all<Comment>(control, 'comments');
      return comments.filter(({ issue }) => there.has(issue.id)).map(({ id }) => id);
    },
    async create() {
      const issueId = (await issueRecords.ids())[0];
      return (await control.send<Comment>('POST', one('comments'), { issueId, body: 'Two sugars' })).id;
    },
  };
  const memberRecords: RecordWorld = {
    ids: async () => (await all<{ id: string }>(control, 'members')).map(({ id }) => id),
    create: async () =>
      (
        await control.send<{ id: string }>('POST', one('members'), {
          name: 'Barbara Liskov',
          email: 'barbara@example.com',
        })
      ).id,
    update: (id) => control.send('PATCH', one(`members/${id}`), { title: 'Professor' }).then(() => {}),
  };
  return {
    issues: { collection, ...issueRecords },
    comments: { collection, ...commentRecords },
    members: memberRecords,
  };
}
