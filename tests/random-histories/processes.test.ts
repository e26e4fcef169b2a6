/** Random histories with real processes, any of which may be killed while a sync runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONTACT_FIELD_NAMES } from '../../sync/contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { compileMapping } from '../../sync/map-contact.ts';
import { elementsOf, type PersonWithName } from '../../sync/person.ts';
import { ada, eventually, type SyncWorld, startSyncWorld } from '../sync/sync-world.ts';
import {
  anyProcessHistory,
  anyTwoWayProcessHistory,
  type LocalDeed,
  type RemoteDeed,
  type Round,
} from './process-history.ts';

/** The same histories each time, so that a change is judged by itself; HISTORIES_SEED plays others. */
const { PROCESS_HISTORIES = '3', HISTORIES_SEED = '7' } = process.env;
const seed = Number(HISTORIES_SEED);
const settings = { seed, numRuns: Number(PROCESS_HISTORIES) };
const histories = fc.sample(anyProcessHistory, settings);
const twoWayHistories = fc.sample(anyTwoWayProcessHistory, settings);
const timeoutMs = 600_000;
const contacts = `${ada}/contacts`;
const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);

let world: SyncWorld;
beforeAll(async () => {
  world = await startSyncWorld();
});
afterAll(() => world?.stop());
afterEach(() => world.removeAll());

describe(`one way from Google, seed ${seed}`, () => {
  it.each(histories.map((history, index) => ({ history, index })))(
    'history $index: whatever is killed, every contact is here once, as it is there',
    async ({ history }) => {
      await world.reset({ contacts: 40 });
      const integrationId = await world.connect('google-contacts');
      const gone: string[] = [];
      for (const round of history) await play(round, integrationId, gone);
      await world.driver.control('DELETE', '/faults');
      const run = await eventually(
        () => world.driver.sync(integrationId, 'full'),
        ({ status }) => status === 'succeeded',
        timeoutMs,
      );
      expect(run.status).toBe('succeeded');
      expect(await here(integrationId)).toEqual(await there());
    },
    timeoutMs,
  );
});

describe(`both ways, seed ${seed}`, () => {
  it.each(twoWayHistories.map((history, index) => ({ history, index })))(
    'history $index: whatever is killed, both sides end the same, and what was made in Harmony is at Google once',
    async ({ history }) => {
      await world.reset({ contacts: 40 });
      const integrationId = await world.connect('google-contacts');
      await world.sql`update integrations set sync_direction = 'bidirectional', approved_direction = 'bidirectional'
        where id = ${integrationId}`;
      const gone: string[] = [];
      const made: string[] = [];
      for (const round of history) await play(round, integrationId, gone, made);
      await world.driver.control('DELETE', '/faults');
      await settle(integrationId);
      expect(await here(integrationId)).toEqual(await there());
      const websites = (await people()).flatMap(websitesOf);
      expect(websites.filter((website) => website.startsWith(madeSite)).sort()).toEqual(made.sort());
    },
    timeoutMs,
  );
});

/** What was made in Harmony is known by it: nobody at Google changes or removes it. */
const madeSite = 'https://made.example/';
const websitesOf = (person: PersonWithName): string[] =>
  elementsOf(person, 'urls').flatMap(({ value }) => (typeof value === 'string' ? value : []));

/**
 * Complete syncs until nothing is under way. Nothing lags here, so a quarter of an hour passes before each, after which a
 * create that no listing shows is taken for lost (activities/contacts/grace.ts).
 */
async function settle(integrationId: string): Promise<void> {
  const { sql } = world;
  await eventually(
    async () => {
      await sql`update contact_links set updated_at = updated_at - interval '20 minutes',
        acked_at = acked_at - interval '20 minutes'`;
      await sql`update contact_work set due_at = due_at - interval '20 minutes'`;
      await sql`update contact_writes set due_at = due_at - interval '20 minutes',
        sent_at = sent_at - interval '20 minutes'`;
      const run = await world.driver.sync(integrationId, 'full');
      const [row] = await sql<{ open: number }[]>`
        select (select count(*) from contact_work where integration_id = ${integrationId} and due_at <= now())
          + (select count(*) from contact_writes where integration_id = ${integrationId}
            and state in ('planned', 'sent', 'unknown')) as open`;
      return { status: run.status, open: Number(row?.open), pushed: run.counts.pushed };
    },
    ({ status, open, pushed }) => status === 'succeeded' && open === 0 && pushed === 0,
    timeoutMs,
  );
}

async function play(round: Round, integrationId: string, gone: string[], made: string[] = []): Promise<void> {
  for (const deed of round.deeds) {
    if (deed.kind.startsWith('local_')) await actInHarmony(deed as LocalDeed, made);
    else await act(deed as RemoteDeed, gone);
  }
  if (round.tokensExpire) await world.driver.control('POST', `${ada}/sync-tokens/expire`, {});
  if (round.fault !== undefined) {
    const { after, kind } = round.fault;
    const fault = kind === 'status' ? { kind, status: 503 } : { kind };
    await world.addFault({ path: '/v1/', after, times: 1, fault });
  }
  const runId = await eventually(
    () => world.startSync(integrationId, round.mode),
    () => true,
  );
  if (round.kill !== undefined) {
    await sleep(round.kill.afterMs);
    await world.stack.kill(round.kill.process);
    await world.stack.ready(round.kill.process);
  }
  await world.runEnded(integrationId, runId);
}

async function actInHarmony(deed: LocalDeed, made: string[]): Promise<void> {
  const { api } = world.driver;
  if (deed.kind === 'local_create') {
    const website = `${madeSite}${made.length}`;
    made.push(website);
    await api('POST', '/v1/contacts', { firstName: `Made ${made.length}`, website });
    return;
  }
  const rows = await world.sql<{ id: string; version: number; isMade: boolean }[]>`
    select id, version, coalesce(website, '') like ${`${madeSite}%`} as "isMade" from contacts
    where archived_at is null order by id`;
  const contact = rows[deed.at % rows.length];
  if (contact === undefined) return;
  const path = `/v1/contacts/${contact.id}`;
  if (deed.kind === 'local_edit') await api('PATCH', path, { [deed.field]: `555 01${contact.version}` });
  else if (!contact.isMade) await api('DELETE', path);
}

async function act(deed: RemoteDeed, gone: string[]): Promise<void> {
  const { control } = world.driver;
  if (deed.kind === 'create') {
    await control('POST', contacts, { names: [{ givenName: deed.name }] });
    return;
  }
  const spares = deed.kind === 'delete' || deed.kind === 'merge';
  const isMade = (person: PersonWithName) => websitesOf(person).some((one) => one.startsWith(madeSite));
  const names = (await people()).flatMap((person) => (spares && isMade(person) ? [] : [person.resourceName]));
  const name = names[deed.at % names.length];
  if (deed.kind === 'restore') {
    const restored = gone.pop();
    if (restored !== undefined) await control('POST', `${contacts}/${restored}/restore`);
    return;
  }
  if (name === undefined) return;
  if (deed.kind === 'merge') {
    const other = names[deed.with % names.length];
    if (other !== undefined && other !== name)
      await control('POST', `${contacts}/${name}/merge`, { with: [other] });
  } else if (deed.kind === 'edit') {
    const stamp = String(gone.length + names.length);
    const entry = deed.field === 'names' ? { givenName: `Edited ${stamp}` } : { value: `555 ${stamp}` };
    await control('PATCH', `${contacts}/${name}`, { [deed.field]: [entry] });
  } else if (deed.kind === 'delete') {
    await control('DELETE', `${contacts}/${name}`);
    gone.push(name);
  } else {
    await control('POST', `${contacts}/${name}/rename`);
  }
}

async function people(): Promise<PersonWithName[]> {
  const path = `${contacts}?limit=1000`;
  return (await world.driver.control<{ data: PersonWithName[] }>('GET', path)).data;
}

/** By resource name, what Harmony's fields should be. */
async function there(): Promise<Record<string, unknown>> {
  return Object.fromEntries(
    (await people()).map((person) => {
      const fields = mapping.toHarmony(person);
      return [person.resourceName, CONTACT_FIELD_NAMES.map((name) => fields[name] ?? null)];
    }),
  );
}

/**
 * By resource name, what the fields are; a contact that is there twice would show under its list. Left out are those that
 * were perhaps merged into another one: they wait for a person (rule 17), and the inbox shows them.
 */
async function here(integrationId: string): Promise<Record<string, unknown>> {
  const rows = await world.sql<Record<string, string | null>[]>`
    select l.remote_id as "remoteId", c.first_name as "firstName", c.last_name as "lastName",
      c.job_title as "jobTitle", c.company, c.department, c.email, c.phone, c.address, c.birthday, c.website, c.notes
    from contacts c left join contact_links l
      on l.contact_id = c.id and l.integration_id = ${integrationId} and l.tombstoned_at is null
    where c.archived_at is null and not exists (
      select 1 from contact_links p where p.contact_id = c.id and p.parked is not null
        and exists (select 1 from contact_conflicts f where f.remote_id = p.remote_id and f.resolved_at is null))`;
  expect(new Set(rows.map(({ remoteId }) => remoteId)).size).toBe(rows.length);
  return Object.fromEntries(
    rows.map((row) => [String(row.remoteId), CONTACT_FIELD_NAMES.map((name) => row[name] ?? null)]),
  );
}
