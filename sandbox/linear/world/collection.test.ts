import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClock } from '../../core/clock.ts';
import { DurableState } from '../../core/durable-state.ts';
import { Collection, compare, type TimeOrder } from './collection.ts';
import type { LinearNode } from './records.ts';
import { seededArray } from './seeded-directory.ts';

const time = fc.integer({ min: 0, max: 20 }).map((second) => new Date(second * 1000).toISOString());
const node = (id: string): fc.Arbitrary<LinearNode> =>
  fc.record({ id: fc.constant(id), createdAt: time, updatedAt: time, archivedAt: fc.constant(null) });
const id = fc.integer({ min: 0, max: 30 }).map((n) => `n${n}`);
const seeds = fc.uniqueArray(id.chain(node), { selector: (one) => one.id, maxLength: 25 });
const writes = fc.array(fc.oneof(id.chain(node), id), { maxLength: 15 });

test('a walk is the sorted list of what stood at that moment, from any position, in both directions and orders', () => {
  fc.assert(
    fc.property(
      seeds,
      writes,
      fc.record({
        orderBy: fc.constantFrom<TimeOrder>('createdAt', 'updatedAt'),
        descending: fc.boolean(),
        writesSeen: fc.nat(15),
        skip: fc.option(fc.nat(30)),
        minMs: fc.constantFrom(Number.NEGATIVE_INFINITY, 4000, 9000),
        maxMs: fc.constantFrom(Number.POSITIVE_INFINITY, 15_000, 9000),
        bounded: fc.constantFrom<TimeOrder>('createdAt', 'updatedAt'),
      }),
      (seeded, changes, { orderBy, descending, writesSeen, skip, minMs, maxMs, bounded }) => {
        const state = new DurableState(createClock());
        const collection = new Collection(
          seededArray(seeded),
          state.versioned<LinearNode>('linear.world.test'),
        );
        const expected = new Map(seeded.map((one) => [one.id, one]));
        changes.forEach((change, i) => {
          if (typeof change === 'string') collection.remove(change);
          else collection.put(change);
          if (i >= writesSeen) return;
          if (typeof change === 'string') expected.delete(change);
          else expected.set(change.id, change);
        });
        const within = (one: LinearNode) =>
          Date.parse(one[bounded]) >= minMs && Date.parse(one[bounded]) <= maxMs;
        const position = (one: LinearNode) => ({ ms: Date.parse(one[orderBy]), id: one.id });
        const all = [...expected.values()].sort(
          (a, b) => compare(position(a), position(b)) * (descending ? 1 : -1),
        );
        const from = skip === null ? undefined : all[skip];
        const rest = from === undefined ? all : all.slice(all.indexOf(from) + 1);
        const walked = collection.walk({
          orderBy,
          descending,
          seq: writesSeen,
          after: from && position(from),
          bounds: { [bounded]: { minMs, maxMs } },
        });
        expect([...walked].filter(within).map((one) => one.id)).toEqual(
          rest.filter(within).map((one) => one.id),
        );
      },
    ),
    { numRuns: 500 },
  );
});
