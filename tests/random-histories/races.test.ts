/** Somebody is at work at Google between the read of a contact and the write that follows from it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { calmPass } from './plan-steps.ts';
import { playToRest } from './play-to-rest.ts';
import type { Race } from './races.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

/** The title is changed in Harmony, and at Google the notes are, which makes the write a stale one that is read again. */
const titleAfter = async (deed: Race) => {
  const faults = [{ at: 0, kind: 'remote_edit' as const, deed }];
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, contacts: [] },
    persons: [{ names: [{ givenName: 'Ada' }], organizations: [{ title: 'Engineer' }] }],
    steps: [
      calmPass,
      { kind: 'local_edit', at: 1, field: 'jobTitle', value: 'Captain' },
      { kind: 'remote_edit', at: 1, field: 'notes', value: 'Sails' },
      { ...calmPass, lagsMin: [5], faults },
    ],
  });
  return world.google.live().map(({ organizations, biographies }) => ({ organizations, biographies }));
};

it('the same field, later: what they wrote stays', async () => {
  const titles = await titleAfter({ kind: 'remote_edit', at: 0, field: 'jobTitle', value: 'Admiral' });
  expect(titles.at(-1)).toEqual({ organizations: [{ title: 'Admiral' }], biographies: [{ value: 'Sails' }] });
});

it('another field: both stay', async () => {
  const titles = await titleAfter({ kind: 'remote_edit', at: 0, field: 'notes', value: 'Rows' });
  expect(titles.at(-1)).toEqual({ organizations: [{ title: 'Captain' }], biographies: [{ value: 'Rows' }] });
});

it('a label that no field stands for: it stays', async () => {
  const titles = await titleAfter({ kind: 'remote_sibling', at: 0, what: 'employer' });
  expect(titles.at(-1)?.organizations).toEqual([{ title: 'Captain', location: 'Room 7' }]);
});

it('to Google: a delete that was frozen on its way takes along what somebody edited meanwhile, which untied the contact', async () => {
  const deed: Race = { kind: 'remote_edit', at: 0, field: 'firstName', value: 'Zoe' };
  const world = await playToRest(stage, {
    ...{ direction: 'to_provider', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [], contacts: [{ firstName: 'Ada' }] },
    steps: [
      calmPass,
      { kind: 'local_delete', at: 0 },
      {
        ...calmPass,
        faults: [
          { at: 0, kind: 'remote_edit', deed },
          { at: 0, kind: 'frozen' },
        ],
      },
    ],
  });
  expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['create', 'remove']);
});

it('a contact that is renamed between the read and its delete goes under its new name', async () => {
  const deed: Race = { kind: 'remote_rename', at: 0 };
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [{ names: [{ givenName: 'Ada' }] }], contacts: [] },
    steps: [
      calmPass,
      { kind: 'local_delete', at: 1 },
      { ...calmPass, faults: [{ at: 0, kind: 'remote_edit', deed }] },
    ],
  });
  expect(world.providerWrites.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['remove people/c1r']);
});

it('a delete that they came before, of a contact whose title is blank beside another one: that one was there all along', async () => {
  const deed: Race = { kind: 'remote_edit', at: 0, field: 'jobTitle', value: 'Intern' };
  const organizations = [{ title: 'CEO' }, { location: 'Room 7', metadata: { primary: true } }];
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, persons: [{ organizations }], contacts: [] },
    steps: [
      calmPass,
      { kind: 'local_delete', at: 1 },
      { ...calmPass, faults: [{ at: 0, kind: 'remote_edit', deed }] },
    ],
  });
  expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['remove']);
});

it('an edit there is not lost where a delete that was given up for it comes through all the same, from an attempt that was taken for dead', async () => {
  const deed: Race = { kind: 'remote_edit', at: 0, field: 'notes', value: 'Sails' };
  const world = await playToRest(stage, {
    ...{ direction: 'both', mappings: DEFAULT_FIELD_MAPPINGS, policy: 'newest', lists: 'none' },
    ...{ skewSeconds: 0, normalises: false, contacts: [] },
    persons: ['Ada', 'Bo'].map((givenName) => ({ names: [{ givenName }] })),
    steps: [
      calmPass,
      ...[1, 2].map((at) => ({ kind: 'local_delete' as const, at })),
      {
        ...calmPass,
        faults: [
          { at: 0, kind: 'remote_edit', deed },
          // Between the read of both and the second delete.
          { at: 30, kind: 'stalled_before', turns: [0, 3, 0, 1] },
        ],
      },
    ],
  });
  expect(world.providerWrites.map(({ kind }) => kind)).toEqual(['remove', 'remove', 'create']);
  expect(world.google.live().map(({ names, biographies }) => [names, biographies])).toEqual([
    [[{ givenName: 'Anchor' }], undefined],
    [[{ givenName: 'Ada' }], [{ value: 'Sails' }]],
  ]);
});
