/** The main job at one provider, step by step; each step says what must be there and what is. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver, IntegrationView, RunView } from '../drive.ts';
import type { NamedRecord, Scenario } from './scenario.ts';

/** What a step expected and found; equal texts mean that all is there. */
export interface Finding {
  readonly expected: string;
  readonly found: string;
}

export interface Step {
  readonly what: string;
  run(): Promise<Finding>;
}

interface Collection {
  readonly remoteId: string;
  readonly subscribed: boolean;
}

const patienceMs = 30_000;
const pollMs = 50;

/** What is found of a record that Harmony does not show. */
const gone = 'no such record';

/** Asks until it is as expected, and answers what was found last. */
async function until(expected: string, find: () => Promise<string>): Promise<Finding> {
  const deadlineMs = Date.now() + patienceMs;
  let found = await find();
  while (found !== expected && Date.now() < deadlineMs) {
    await sleep(pollMs);
    found = await find();
  }
  return { expected, found };
}

const describeCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([stream, count]) => `${count} ${stream}`)
    .sort()
    .join(', ');

const describeRun = ({ status, error }: RunView): string =>
  status === 'succeeded' ? '' : `; ${status}: ${error?.title ?? 'no reason given'}`;

/** Connecting, syncing, changing and syncing again. `connected` gets the integration's id. */
export function listSteps(driver: Driver, scenario: Scenario, connected: (id: string) => void): Step[] {
  let integrationId = '';
  const path = () => `/v1/integrations/${integrationId}`;

  const compareCounts = async (run: RunView): Promise<Finding> => {
    const { data: collections } = await driver.api<{ data: Collection[] }>(
      'GET',
      `${path()}/collections?limit=1000`,
    );
    const ticked = collections.filter(({ subscribed }) => subscribed).map(({ remoteId }) => remoteId);
    const expected = await scenario.count(driver, ticked);
    const { counts } = await driver.api<IntegrationView>('GET', path());
    const found = Object.fromEntries(Object.keys(expected).map((stream) => [stream, counts[stream] ?? 0]));
    return { expected: describeCounts(expected), found: describeCounts(found) + describeRun(run) };
  };
  const arrives = async (expected: string, remoteId: string): Promise<Finding> => {
    if (!scenario.pushes) await driver.sync(integrationId, 'incremental');
    return until(expected, async () => (await scenario.read(driver)).get(remoteId) ?? gone);
  };
  const arrivesAs = ({ remoteId, title }: NamedRecord) => arrives(title, remoteId);
  const way = scenario.pushes ? 'by push' : 'by sync';

  return [
    {
      what: 'connect',
      async run() {
        integrationId = await driver.connect(scenario.provider);
        connected(integrationId);
        return until(`active, ${scenario.account}`, async () => {
          const { phase, account } = await driver.api<IntegrationView>('GET', path());
          return `${phase}, ${account?.email ?? 'nobody'}`;
        });
      },
    },
    { what: 'first sync', run: async () => compareCounts(await driver.settled(integrationId)) },
    { what: `edited, ${way}`, run: async () => arrivesAs(await scenario.edit(driver)) },
    { what: `added, ${way}`, run: async () => arrivesAs(await scenario.add(driver)) },
    {
      what: `removed, ${way}`,
      async run() {
        const before = await scenario.read(driver);
        const { remoteId } = await scenario.remove(driver);
        if (!before.has(remoteId)) return { expected: 'there, then gone', found: 'was never there' };
        return arrives(gone, remoteId);
      },
    },
    {
      what: 'full resync',
      async run() {
        await driver.settled(integrationId);
        const run = await driver.sync(integrationId, 'full');
        const { created = 0, updated = 0, deleted = 0, failed = 0 } = run.counts;
        const changed = created + updated + deleted + failed;
        const { expected, found } = await compareCounts(run);
        return { expected: `${expected}, 0 changed`, found: `${found}, ${changed} changed` };
      },
    },
  ];
}

/** Deletes one integration: nothing of it is left, and those that stay connected still work. */
export function deleteStep(
  driver: Driver,
  scenario: Scenario,
  ids: { readonly deleted: string; readonly staying: () => readonly string[] },
): Step {
  return {
    what: 'delete',
    async run() {
      await driver.remove(ids.deleted);
      const status = await driver.status('GET', `/v1/integrations/${ids.deleted}`);
      const records = await until('0', async () => String((await scenario.read(driver)).size));
      const others = await Promise.all(
        ids.staying().map((id) => driver.api<{ ok: boolean }>('POST', `/v1/integrations/${id}/test`)),
      );
      const working = others.filter(({ ok }) => ok).length;
      const answer = (code: number, left: string, works: number) =>
        `${code}, ${left} records, others working: ${works}`;
      return { expected: answer(404, '0', others.length), found: answer(status, records.found, working) };
    },
  };
}
