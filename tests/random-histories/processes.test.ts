/** Random histories with real processes, any of which may be killed while a sync runs. */
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONTACT_FIELD_NAMES } from '../../sync/contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { compileMapping } from '../../sync/map-contact.ts';
import { eventually } from '../support/eventually.ts';
import { type SyncWorld, startSyncWorld } from '../sync/sync-world.ts';
import { madeSite, peopleAtGoogle, playRound, type Story, websitesOf } from './process-deeds.ts';
import { anyProcessHistory, anyTwoWayProcessHistory, type Round } from './process-history.ts';
import { type KillTally, noKills } from './process-kills.ts';

/**
 * The same histories each time, so that a change is judged by itself; HISTORIES_SEED plays others, HISTORIES_PATH the one
 * of that index alone. KILL_TALLY is a file for what the kills hit, of the histories so far.
 */
const { PROCESS_HISTORIES = '3', HISTORIES_SEED = '7', HISTORIES_PATH, KILL_TALLY } = process.env;
const seed = Number(HISTORIES_SEED);
const timeoutMs = 1_200_000;
const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);
const tally: Record<string, KillTally> = {};

const drawn = (histories: fc.Arbitrary<Round[]>) => {
  const only = HISTORIES_PATH === undefined ? undefined : Number(HISTORIES_PATH);
  const numRuns = only === undefined ? Number(PROCESS_HISTORIES) : only + 1;
  const all = fc.sample(histories, { seed, numRuns }).map((rounds, index) => ({ rounds, index }));
  return all.filter(({ index }) => only === undefined || index === only);
};

let world: SyncWorld;
// A stack that starts beside others takes its time; how long is not what is judged here.
beforeAll(async () => {
  world = await startSyncWorld();
}, timeoutMs);
afterEach(async () => {
  if (KILL_TALLY !== undefined) writeFileSync(KILL_TALLY, JSON.stringify(tally));
  await world.removeAll();
}, timeoutMs);
afterAll(() => world?.stop(), timeoutMs);

describe(`one way from Google, seed ${seed}`, () => {
  it.each(drawn(anyProcessHistory))(
    'history $index: whatever is killed, every contact is here once, as it is there',
    ({ rounds, index }) =>
      playing('one way from Google', index, rounds, async ({ integrationId }) => {
        const run = await eventually(
          () => world.driver.sync(integrationId, 'full'),
          ({ status }) => status === 'succeeded',
          timeoutMs,
        );
        expect(run.status).toBe('succeeded');
        expect(await here(integrationId)).toEqual(await there());
      }),
    timeoutMs,
  );
});

describe(`both ways, seed ${seed}`, () => {
  it.each(drawn(anyTwoWayProcessHistory))(
    'history $index: whatever is killed, both sides end the same, and what was made in Harmony is at Google once',
    ({ rounds, index }) =>
      playing('both ways', index, rounds, async ({ integrationId, made }) => {
        await settle(integrationId);
        expect(await here(integrationId)).toEqual(await there());
        const websites = (await peopleAtGoogle(world)).flatMap(websitesOf);
        expect(websites.filter((website) => website.startsWith(madeSite)).sort()).toEqual(made.sort());
      }),
    timeoutMs,
  );
});

/** Plays the rounds and judges what is there after them; a failure says how to play the history again and what is left open. */
async function playing(
  kind: 'one way from Google' | 'both ways',
  index: number,
  rounds: readonly Round[],
  judge: (story: Story) => Promise<void>,
): Promise<void> {
  await world.reset({ contacts: 40 });
  const story: Story = { integrationId: await world.connect('google-contacts'), gone: [], made: [] };
  const { integrationId } = story;
  if (kind === 'both ways')
    await world.sql`update integrations set sync_direction = 'bidirectional', approved_direction = 'bidirectional'
      where id = ${integrationId}`;
  tally[kind] ??= noKills();
  try {
    for (const round of rounds) await playRound(world, round, story, tally[kind]);
    await world.driver.control('DELETE', '/faults');
    await judge(story);
  } catch (error) {
    const again = `npm run test:histories -- --processes --seed ${seed} --path ${index} --only '${kind}'`;
    const [writes, links] = await Promise.all([
      world.sql`select * from contact_writes where integration_id = ${integrationId} order by created_at`,
      world.sql`select remote_id, contact_id, parked, tombstoned_at, acked_at, updated_at from contact_links
        where integration_id = ${integrationId} and (parked is not null or tombstoned_at is not null)`,
    ]);
    const picture = [...rounds, ...writes, ...links].map((one) => JSON.stringify(one)).join('\n');
    console.error(`${again}\n${error}`);
    if (error instanceof Error) error.message += `\nAgain: ${again}\n${picture}`;
    throw error;
  }
}

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

/** By resource name, what Harmony's fields should be. */
async function there(): Promise<Record<string, unknown>> {
  return Object.fromEntries(
    (await peopleAtGoogle(world)).map((person) => {
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
