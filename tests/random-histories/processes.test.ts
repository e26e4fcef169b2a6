/** Random histories with real processes, any of which may be killed while a sync runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONTACT_FIELD_NAMES } from '../../sync/contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { compileMapping } from '../../sync/map-contact.ts';
import type { PersonWithName } from '../../sync/person.ts';
import { ada, eventually, type SyncWorld, startSyncWorld } from '../sync/sync-world.ts';
import { anyProcessHistory, type RemoteDeed, type Round } from './process-history.ts';

/** The same histories each time, so that a change is judged by itself; HISTORIES_SEED plays others. */
const { PROCESS_HISTORIES = '3', HISTORIES_SEED = '7' } = process.env;
const seed = Number(HISTORIES_SEED);
const histories = fc.sample(anyProcessHistory, { seed, numRuns: Number(PROCESS_HISTORIES) });
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

async function play(round: Round, integrationId: string, gone: string[]): Promise<void> {
  for (const deed of round.deeds) await act(deed, gone);
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

async function act(deed: RemoteDeed, gone: string[]): Promise<void> {
  const { control } = world.driver;
  if (deed.kind === 'create') {
    await control('POST', contacts, { names: [{ givenName: deed.name }] });
    return;
  }
  const names = (await people()).map(({ resourceName }) => resourceName);
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
