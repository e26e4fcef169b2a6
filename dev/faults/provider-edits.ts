/** What a person does at a provider, in the provider's own page. */
import type { ProviderId } from './step.ts';
import type { FaultWorld } from './world.ts';

export const ada = '/google/ada@example.com';
export const northwind = '/linear/northwind';
export const labs = '/notion/lovelace-labs';

interface Named {
  readonly id: string;
}

interface Edits {
  /** Adds, changes or removes one record; `text` is to be its new name. Resolves without doing anything where none fits. */
  add(world: FaultWorld, text: string, pick: number): Promise<unknown>;
  edit(world: FaultWorld, text: string, pick: number): Promise<unknown>;
  remove(world: FaultWorld, text: string, pick: number): Promise<unknown>;
}

/** Everything that the stand-in lists under a path, in the provider's own JSON. */
export async function listRemote<T>(world: FaultWorld, path: string): Promise<readonly T[]> {
  return (await world.control<{ data: T[] }>('GET', `${path}?limit=100000`)).data;
}

const choose = <T>(items: readonly T[], pick: number): T | undefined =>
  items[pick % Math.max(1, items.length)];

async function pickEvent(world: FaultWorld, pick: number): Promise<string | undefined> {
  const calendar = await pickCalendar(world, pick);
  const events = await listRemote<
    Named & { status: string; recurrence?: unknown; recurringEventId?: string }
  >(world, `${calendar}/events`);
  const single = events.filter(
    (one) => one.status === 'confirmed' && !one.recurrence && !one.recurringEventId,
  );
  const chosen = choose(single, pick);
  return chosen && `${calendar}/events/${chosen.id}`;
}

async function pickCalendar(world: FaultWorld, pick: number): Promise<string> {
  const calendar = choose(await listRemote<Named>(world, `${ada}/calendars`), pick);
  return `${ada}/calendars/${encodeURIComponent(calendar?.id ?? '')}`;
}

async function pickContact(world: FaultWorld, pick: number): Promise<string | undefined> {
  const chosen = choose(await listRemote<{ resourceName: string }>(world, `${ada}/contacts`), pick);
  return chosen && `${ada}/contacts/${encodeURIComponent(chosen.resourceName)}`;
}

async function pickIssue(world: FaultWorld, pick: number): Promise<string | undefined> {
  const issues = await listRemote<Named & { trashed: boolean | null; archivedAt: string | null }>(
    world,
    `${northwind}/issues`,
  );
  const chosen = choose(
    issues.filter(({ trashed, archivedAt }) => trashed !== true && archivedAt === null),
    pick,
  );
  return chosen && `${northwind}/issues/${chosen.id}`;
}

async function pickPage(world: FaultWorld, pick: number): Promise<string | undefined> {
  const pages = await listRemote<Named & { parent: { type: string } }>(world, `${labs}/pages`);
  const chosen = choose(
    pages.filter(({ parent }) => parent.type === 'data_source_id'),
    pick,
  );
  return chosen && `${labs}/pages/${chosen.id}`;
}

/** Sends to the record that was picked, if there is one. */
const to =
  (
    method: string,
    find: (world: FaultWorld, pick: number) => Promise<string | undefined>,
    body: (text: string) => unknown = () => undefined,
  ) =>
  async (world: FaultWorld, text: string, pick: number): Promise<unknown> => {
    const path = await find(world, pick);
    return path === undefined ? undefined : world.control(method, path, body(text));
  };

const notionTitle = (content: string) => ({ title: { title: [{ text: { content } }] } });

export const providerEdits: Readonly<Record<ProviderId, Edits>> = {
  'google-calendar': {
    async add(world, summary, pick) {
      const day = `2026-12-${String((pick % 28) + 1).padStart(2, '0')}`;
      return world.control('POST', `${await pickCalendar(world, pick)}/events`, {
        summary,
        start: { dateTime: `${day}T10:00:00Z` },
        end: { dateTime: `${day}T11:00:00Z` },
      });
    },
    edit: to('PATCH', pickEvent, (summary) => ({ summary })),
    remove: to('DELETE', pickEvent),
  },
  'google-contacts': {
    add: (world, text) =>
      world.control('POST', `${ada}/contacts`, {
        names: [{ givenName: text, familyName: 'Fault' }],
        emailAddresses: [{ value: `${text.replaceAll(/\W/g, '.')}@example.com` }],
      }),
    edit: to('PATCH', pickContact, (text) => ({ names: [{ givenName: text, familyName: 'Edited' }] })),
    remove: to('DELETE', pickContact),
  },
  linear: {
    add: (world, title) => world.control('POST', `${northwind}/issues`, { title }),
    edit: to('PATCH', pickIssue, (title) => ({ title })),
    remove: to('DELETE', pickIssue),
  },
  notion: {
    async add(world, text, pick) {
      const source = choose(await listRemote<Named>(world, `${labs}/data-sources`), pick);
      return world.control('POST', `${labs}/pages`, {
        parent: { data_source_id: source?.id },
        properties: notionTitle(text),
        markdown: `Written in a fault run: ${text}`,
      });
    },
    edit: to('PATCH', pickPage, (text) => ({ properties: notionTitle(text), markdown: `Edited: ${text}` })),
    remove: to('DELETE', pickPage),
  },
};
