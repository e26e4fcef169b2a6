import { expect, test } from 'vitest';
import type { Driver } from '../drive.ts';
import type { Scenario } from './scenario.ts';
import { deleteStep, listSteps } from './steps.ts';

const run = { status: 'succeeded', counts: { created: 0, updated: 0, deleted: 0, failed: 0 } };

/** Harmony with `shown` records, of which it counts `counted`; the provider holds two. */
function createWorld(counted: number, shown: ReadonlyMap<string, string> = new Map()) {
  const driver = {
    connect: async () => 'int_1',
    settled: async () => run,
    sync: async () => run,
    remove: async () => undefined,
    status: async () => 404,
    api: async (_method: string, path: string) =>
      path.includes('/collections')
        ? { data: [{ remoteId: 'c', subscribed: true }] }
        : { ok: false, phase: 'active', account: { email: 'ada@example.com' }, counts: { pages: counted } },
  } as unknown as Driver;
  const scenario: Scenario = {
    provider: 'any',
    name: 'Any',
    account: 'ada@example.com',
    pushes: true,
    count: async () => ({ pages: 2 }),
    edit: async () => ({ remoteId: 'a', title: 'New' }),
    add: async () => ({ remoteId: 'b', title: 'Added' }),
    remove: async () => ({ remoteId: 'unknown' }),
    read: async () => shown,
  };
  return { driver, scenario };
}

async function findingsOf(counted: number, shown?: ReadonlyMap<string, string>) {
  const { driver, scenario } = createWorld(counted, shown);
  const wanted = ['connect', 'first sync', 'removed, by push', 'full resync'];
  const steps = listSteps(driver, scenario, () => undefined).filter(({ what }) => wanted.includes(what));
  const missing: string[] = [];
  for (const step of steps) {
    const { expected, found } = await step.run();
    if (expected !== found) missing.push(step.what);
  }
  return missing;
}

test('a record too few is missing, after the first sync and after the full one', async () => {
  expect(await findingsOf(1)).toEqual(['first sync', 'removed, by push', 'full resync']);
});

test('a removal counts only of a record that was there before', async () => {
  expect(await findingsOf(2)).toEqual(['removed, by push']);
});

test('a delete is complete only where the others still work', async () => {
  const { driver, scenario } = createWorld(2);
  const alone = deleteStep(driver, scenario, { deleted: 'int_1', staying: () => [] });
  const beside = deleteStep(driver, scenario, { deleted: 'int_1', staying: () => ['int_2'] });
  const [good, bad] = [await alone.run(), await beside.run()];
  expect(good.found).toBe(good.expected);
  expect(bad.found).not.toBe(bad.expected);
});
