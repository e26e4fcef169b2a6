/** Plays one round with real processes: what the owner does on either side, then a sync, and a kill in between. */
import { elementsOf, type PersonWithName } from '../../sync/person.ts';
import { eventually } from '../support/eventually.ts';
import { ada, type SyncWorld } from '../sync/sync-world.ts';
import type { LocalDeed, RemoteDeed, Round } from './process-history.ts';
import { type KillTally, killAtItsTime } from './process-kills.ts';

/** What was made in Harmony is known by it: nobody at Google changes or removes it. */
export const madeSite = 'https://made.example/';

/** What a history remembers of its rounds. */
export interface Story {
  readonly integrationId: string;
  /** Names of persons deleted at Google, to be restored. */
  readonly gone: string[];
  /** Websites of contacts made in Harmony. */
  readonly made: string[];
}

const contacts = `${ada}/contacts`;
/** For a killed part to be back and a run to go on: on a busy machine a worker alone takes minutes to start. */
const patienceMs = 300_000;

export const websitesOf = (person: PersonWithName): string[] =>
  elementsOf(person, 'urls').flatMap(({ value }) => (typeof value === 'string' ? value : []));

export async function peopleAtGoogle(world: SyncWorld): Promise<PersonWithName[]> {
  const path = `${contacts}?limit=1000`;
  return (await world.driver.control<{ data: PersonWithName[] }>('GET', path)).data;
}

/** Resolves when the round's sync has ended, however it ended. */
export async function playRound(
  world: SyncWorld,
  round: Round,
  story: Story,
  tally: KillTally,
): Promise<void> {
  const { integrationId } = story;
  if (round.slowWritesMs > 0) {
    const fault = { kind: 'delay', ms: round.slowWritesMs };
    await world.addFault({ path: '/v1/people*Contact', times: 5, fault });
  }
  // Edits in Harmony are carried over at once: they come last, so that the kill finds them on their way.
  for (const deed of round.deeds) if (isRemote(deed)) await actAtGoogle(world, deed, story);
  if (round.tokensExpire) await world.driver.control('POST', `${ada}/sync-tokens/expire`, {});
  if (round.fault !== undefined) {
    const { after, kind } = round.fault;
    const fault = kind === 'status' ? { kind, status: 503 } : { kind };
    await world.addFault({ path: '/v1/', after, times: 1, fault });
  }
  for (const deed of round.deeds) if (!isRemote(deed)) await actInHarmony(world, deed, story);
  const asked = eventually(
    () => world.startSync(integrationId, round.mode),
    () => true,
    patienceMs,
  );
  if (round.kill !== undefined)
    await Promise.all([asked, killAtItsTime(world, round.kill, { integrationId, asked, tally })]);
  await world.runEnded(integrationId, await asked, patienceMs);
}

const isRemote = (deed: RemoteDeed | LocalDeed): deed is RemoteDeed => !deed.kind.startsWith('local_');

async function actInHarmony(world: SyncWorld, deed: LocalDeed, { made }: Story): Promise<void> {
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

async function actAtGoogle(world: SyncWorld, deed: RemoteDeed, { gone }: Story): Promise<void> {
  const { control } = world.driver;
  if (deed.kind === 'create') {
    await control('POST', contacts, { names: [{ givenName: deed.name }] });
    return;
  }
  const spares = deed.kind === 'delete' || deed.kind === 'merge';
  const isMade = (person: PersonWithName) => websitesOf(person).some((one) => one.startsWith(madeSite));
  const names = (await peopleAtGoogle(world)).flatMap((person) =>
    spares && isMade(person) ? [] : [person.resourceName],
  );
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
