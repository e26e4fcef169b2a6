// The planner in a closed loop with a model of Google: the invariants of two-way-sync.md over random histories.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runSettings } from './arbitraries.test-support.ts';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from './default-mappings.ts';
import {
  anyCalmScenario,
  anyScenario,
  MINUTE_MS,
  type RandomPass,
  type Step,
  World,
} from './model-world.test-support.ts';

const TIMEOUT_MS = 120_000;

describe('over random edits, deletes, restores, renames, setting changes, lags and lost answers', () => {
  it('keeps invariants 1–7, 10, 12 and 13', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const world = new World(scenario);
        world.play(scenario.steps);
        world.rest();
      }),
      runSettings(2_000),
    );
  });

  it('comes to the same state by full and by incremental listings (9)', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(anyCalmScenario, (scenario) => {
        const [full, incremental] = (['full', 'incremental'] as const).map((kind) => {
          const world = new World(scenario, { kind }, 20 * MINUTE_MS);
          world.play(scenario.steps);
          world.rest();
          return world.picture();
        });
        expect(full).toEqual(incremental);
      }),
      runSettings(400),
    );
  });

  it('comes to the same state whatever the order, and however often things are seen (5, 16)', {
    timeout: TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(anyCalmScenario, (scenario) => {
        const [straight, shuffled] = [false, true].map((isShuffled) => {
          const world = new World(scenario, { isShuffled });
          world.play(scenario.steps);
          world.rest();
          return world.picture();
        });
        expect(straight).toEqual(shuffled);
      }),
      runSettings(400),
    );
  });
});

const pass = (options: Partial<RandomPass> = {}): RandomPass => ({
  ...{ kind: 'pass', full: false, truncated: false, shuffled: false },
  ...{ lagsMin: [0], getLagMin: 0, faults: ['none'], ...options },
});

const worldOf = (steps: Step[], mappings: FieldMapping[] = [...DEFAULT_FIELD_MAPPINGS]): World =>
  new World({ direction: 'both', mappings, policy: 'newest', steps });

describe('a delete in Harmony of what both sides had not agreed on', () => {
  const play = (steps: Step[], mappings?: FieldMapping[]) => {
    const world = worldOf(steps, mappings);
    world.play(steps);
    world.rest();
    return world;
  };
  const create = (fields: Partial<Record<'email' | 'birthday' | 'firstName', string>>): Step[] => [
    { kind: 'local_create', fields },
    pass(),
  ];

  it('gives way where a value that had won at Google never got there', () => {
    const { locals } = play([
      ...create({ firstName: 'Bo' }),
      { kind: 'remote_edit', field: 'website', value: 'https://a.io/', at: 1 },
      { kind: 'local_edit', field: 'website', value: 'https://b.io/x', at: 0 },
      pass({ faults: ['lost_request'] }),
      { kind: 'local_delete', at: 0 },
    ]);
    expect(locals.get('con_1')).toMatchObject({ archived: false });
  });

  it('gives way to an edit at Google that only the read before a write has seen', () => {
    const { locals } = play([
      ...create({ email: 'a@x.io' }),
      { kind: 'local_edit', field: 'firstName', value: 'Bo', at: 0 },
      { kind: 'remote_edit', field: 'company', value: 'Beta', at: 1 },
      pass({ lagsMin: [2] }),
      { kind: 'local_delete', at: 0 },
    ]);
    expect(locals.get('con_1')).toMatchObject({ archived: false, fields: { company: 'Beta' } });
  });

  it('holds where Google has another value than one that it cannot hold', () => {
    const { locals, google } = play([
      { kind: 'remote_edit', field: 'email', value: 'b@x.io', at: 0 },
      { kind: 'remote_edit', field: 'birthday', value: '1990-01-02', at: 0 },
      ...create({ email: 'b@x.io', birthday: 'not a date' }),
      { kind: 'local_delete', at: 0 },
    ]);
    expect(locals.get('con_1')).toMatchObject({ archived: true });
    expect(google.live()).toEqual([]);
  });

  it('goes on where Google only holds twice what it held once', () => {
    const address = '1 Mill St';
    const field = { field: 'address', path: 'addresses.formattedValue', direction: 'both' } as const;
    const person = { addresses: [{}, { formattedValue: address }] };
    const { google } = play(
      [
        { kind: 'remote_create', person },
        pass({ lagsMin: [14, 0] }),
        { kind: 'local_delete', at: 0 },
        { kind: 'remote_edit', field: 'address', value: address, at: 1 },
      ],
      [field],
    );
    expect(google.get('people/r1')).toBeNull();
  });
});

it('a contact that a listing shows as deleted after somebody restored it is back with the next one', () => {
  const steps: Step[] = [
    { kind: 'remote_create', person: { names: [{ givenName: 'Zoe' }] } },
    pass(),
    { kind: 'remote_delete', at: 1 },
    { kind: 'remote_restore', at: 1 },
    pass({ lagsMin: [0, 2] }),
  ];
  const world = worldOf(steps);
  world.play(steps);
  expect(world.locals.get('con_people/r1')).toMatchObject({ archived: true });
  world.rest();
  expect(world.locals.get('con_people/r1')).toMatchObject({ archived: false });
});
