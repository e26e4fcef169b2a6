import { expect, test } from 'vitest';
import type { ProviderWorld } from '../../providers/contract-suite/world.ts';
import { describeAdapterContract } from '../../providers/contract-suite.ts';
import { adapters } from '../../providers/registry.ts';
import { openGoogleWorld } from './google-world.ts';
import { openLinearWorld } from './linear-world.ts';
import { openNotionWorld } from './notion-world.ts';

/** How the stand-in of each grant family is driven. */
const worlds: Readonly<Record<string, (adapterId: string) => Promise<ProviderWorld>>> = {
  google: openGoogleWorld,
  linear: openLinearWorld,
  notion: openNotionWorld,
};

test('every adapter of the registry has a world to prove itself in', () => {
  const without = adapters.filter(({ grantFamily }) => worlds[grantFamily] === undefined);
  expect(without.map(({ id }) => id)).toEqual([]);
});

for (const adapter of adapters) {
  const openWorld = worlds[adapter.grantFamily];
  if (openWorld !== undefined) describeAdapterContract(adapter, () => openWorld(adapter.id));
}
