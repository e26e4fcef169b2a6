/** Record by record: what Harmony holds of each provider beside what the provider has. */
import { ada, labs, listRemote, northwind } from './provider-edits.ts';
import type { FaultWorld } from './world.ts';

/** One record as both sides show it, by its id at the provider; twice the same id is a duplicate. */
type Sides = { readonly here: readonly Seen[]; readonly there: readonly Seen[] };
interface Seen {
  readonly id: string;
  readonly facts: string;
}

const shown = 4;

/** Differences of every active integration in words, a few of each kind; empty where both sides are equal. */
export async function findDifferentRecords(world: FaultWorld): Promise<string[]> {
  const integrations = await world.sql<{ id: string; provider: string }[]>`
    select id, provider from integrations where deleting_at is null and phase = 'active'`;
  const found: string[] = [];
  for (const { id, provider } of integrations) {
    for (const [stream, read] of Object.entries(streams[provider] ?? {})) {
      found.push(...compare(`${provider} ${stream}`, await read(world, id)));
    }
  }
  return found;
}

function compare(what: string, { here, there }: Sides): string[] {
  const remote = new Map(there.map(({ id, facts }) => [id, facts]));
  const local = new Map(here.map(({ id, facts }) => [id, facts]));
  const twice = here.length - local.size;
  const missing = there.filter(({ id }) => !local.has(id));
  const surplus = [...local.keys()].filter((id) => !remote.has(id));
  const differing = here.filter(({ id, facts }) => remote.has(id) && remote.get(id) !== facts);
  return [
    ...(twice > 0 ? [`${what}: ${twice} duplicates`] : []),
    ...some(
      what,
      'missing here',
      missing.map(({ id }) => id),
    ),
    ...some(what, 'gone at the provider, still here', surplus),
    ...some(
      what,
      'differing',
      differing.map(({ id, facts }) => `${id}: here ${facts}, there ${remote.get(id)}`),
    ),
  ];
}

const some = (what: string, how: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [`${what}: ${items.length} ${how}: ${items.slice(0, shown).join('; ')}`];

type ReadSides = (world: FaultWorld, integrationId: string) => Promise<Sides>;

const see = (id: string, ...facts: readonly unknown[]): Seen => ({ id, facts: JSON.stringify(facts) });

/** The provider's ids of the ticked collections that still exist. */
async function ticked({ sql }: FaultWorld, integrationId: string): Promise<readonly string[]> {
  const rows = await sql<{ remoteId: string }[]>`
    select remote_id as "remoteId" from collections
    where integration_id = ${integrationId} and subscribed and missing_since is null`;
  return rows.map(({ remoteId }) => remoteId);
}

interface RawEvent {
  readonly id: string;
  readonly status: string;
  readonly etag: string;
  readonly summary?: string;
  readonly start?: unknown;
  readonly recurringEventId?: string;
}

const events: ReadSides = async (world, integrationId) => {
  const calendars = await ticked(world, integrationId);
  const there = await Promise.all(
    calendars.map((id) => listRemote<RawEvent>(world, `${ada}/calendars/${encodeURIComponent(id)}/events`)),
  );
  const rows = await world.sql<{ raw: RawEvent; title: string | null }[]>`
    select raw, title from calendar_events where integration_id = ${integrationId}`;
  return {
    here: rows.map(({ raw, title }) => see(raw.id, raw.etag, title, raw.status, raw.start)),
    there: there
      .flat()
      // A cancelled occurrence of a series is a record; a cancelled event is gone.
      .filter(({ status, recurringEventId }) => status !== 'cancelled' || recurringEventId !== undefined)
      .map((event) => see(event.id, event.etag, event.summary ?? null, event.status, event.start)),
  };
};

interface RawPerson {
  readonly resourceName: string;
  readonly metadata: { readonly sources: readonly { readonly etag: string }[] };
  readonly names?: readonly { readonly givenName?: string; readonly familyName?: string }[];
}

const contacts: ReadSides = async (world, integrationId) => {
  const there = await listRemote<RawPerson>(world, `${ada}/contacts`);
  // Putting a contact into a group moves its etag, which the next read brings.
  const rows = await world.sql<
    { remoteId: string; etag: string; first: string | null; last: string | null; isAhead: boolean }[]
  >`
    select l.remote_id as "remoteId", l.etag, c.first_name as first, c.last_name as last, exists (
      select from contact_work w where w.integration_id = l.integration_id and w.kind = 'member_sent'
        and split_part(w.key, '/', 1) = l.contact_id) as "isAhead"
    from contact_links l join contacts c on c.id = l.contact_id
    where l.integration_id = ${integrationId} and l.tombstoned_at is null and c.archived_at is null`;
  const ahead = new Set(rows.flatMap(({ remoteId, isAhead }) => (isAhead ? remoteId : [])));
  const etagOf = (remoteId: string, etag: string | undefined) => (ahead.has(remoteId) ? 'ahead' : etag);
  return {
    here: rows.map(({ remoteId, etag, first, last }) => see(remoteId, etagOf(remoteId, etag), first, last)),
    there: there.map(({ resourceName: remoteId, metadata: { sources }, names: [name] = [] }) =>
      see(remoteId, etagOf(remoteId, sources[0]?.etag), name?.givenName ?? null, name?.familyName ?? null),
    ),
  };
};

interface RawIssue {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly updatedAt: string;
  readonly trashed: boolean | null;
  readonly team: { readonly id: string };
  readonly state: { readonly name: string };
  readonly assignee: { readonly id: string } | null;
}

const tasks: ReadSides = async (world, integrationId) => {
  const teams = new Set(await ticked(world, integrationId));
  const there = await listRemote<RawIssue>(world, `${northwind}/issues`);
  const rows = await world.sql<
    { raw: RawIssue; title: string; description: string | null; state: string; assignee: string | null }[]
  >`select raw, title, description, state, assignee_remote_id as assignee from tasks
    where integration_id = ${integrationId}`;
  return {
    here: rows.map(({ raw, title, description, state, assignee }) =>
      see(raw.id, raw.updatedAt, title, description, state, assignee),
    ),
    there: there
      .filter(({ trashed, team }) => trashed !== true && teams.has(team.id))
      .map(({ id, updatedAt, title, description, state, assignee }) =>
        see(id, updatedAt, title, description, state.name, assignee?.id ?? null),
      ),
  };
};

interface RawComment {
  readonly id: string;
  readonly body: string;
  readonly issue: { readonly teamId: string };
}

const comments: ReadSides = async (world, integrationId) => {
  const teams = new Set(await ticked(world, integrationId));
  const there = await listRemote<RawComment>(world, `${northwind}/comments`);
  const rows = await world.sql<{ id: string; body: string }[]>`
    select remote_id as id, body from task_comments where integration_id = ${integrationId}`;
  return {
    here: rows.map(({ id, body }) => see(id, body)),
    there: there.filter(({ issue }) => teams.has(issue.teamId)).map(({ id, body }) => see(id, body)),
  };
};

interface RawPage {
  readonly id: string;
  readonly parent: { readonly type: string; readonly data_source_id?: string };
  readonly properties: Readonly<Record<string, { type: string; title?: readonly { plain_text: string }[] }>>;
  readonly markdown: string;
}

const titleOf = ({ properties }: RawPage): string =>
  (Object.values(properties).find(({ type }) => type === 'title')?.title ?? [])
    .map(({ plain_text }) => plain_text)
    .join('');

const documents: ReadSides = async (world, integrationId) => {
  const sources = new Set(await ticked(world, integrationId));
  const listed = await listRemote<RawPage>(world, `${labs}/pages`);
  const visible = listed.filter(({ parent }) => sources.has(parent.data_source_id ?? 'loose-pages'));
  // Contents come with the page alone.
  const there = await Promise.all(
    visible.map(({ id }) => world.control<RawPage>('GET', `${labs}/pages/${id}`)),
  );
  const rows = await world.sql<{ id: string; title: string; content: string }[]>`
    select remote_id as id, title, content from documents
    where integration_id = ${integrationId} and hidden_at is null`;
  return {
    here: rows.map(({ id, title, content }) => see(id, title, content)),
    there: there.map((page) => see(page.id, titleOf(page), page.markdown)),
  };
};

const streams: Readonly<Record<string, Readonly<Record<string, ReadSides>>>> = {
  'google-calendar': { events },
  'google-contacts': { contacts },
  linear: { tasks, comments },
  notion: { documents },
};
