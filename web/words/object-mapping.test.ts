import { expect, test } from 'vitest';
import type { MappingPreview, ObjectMapping } from '../../api/contract/index.ts';
import { ApiProblem } from '../api/problem.ts';
import { describeObjects, readObjectProblems } from './object-mapping.ts';

const mapping = (providerObject: ObjectMapping['providerObject'], enabled: boolean): ObjectMapping => ({
  ...{ harmonyObject: providerObject === 'contactGroup' ? 'list' : 'contact', providerObject },
  ...{ direction: 'both', enabled },
});
const before = [mapping('person', true), mapping('contactGroup', true), mapping('otherContact', false)];
const preview: MappingPreview = {
  ...{ records: 12, changedFields: [], changes: [], takesEffect: 'now' },
  counts: { harmony: 1, provider: 0, conflicts: 0 },
};
const described = (after: readonly ObjectMapping[], found: Partial<MappingPreview> = {}) =>
  describeObjects({ ...preview, ...found }, { before, after }, 'Google');

test('only what would correspond in another way is spoken of', () => {
  expect(described(before)).toEqual([]);
  expect(described(before.map((each) => ({ ...each, enabled: false })))).toEqual([
    'Contacts stay as they are on both sides. What changes from then on is not carried over.',
    'Lists stay as they are on both sides. What changes from then on is not carried over.',
  ]);
  expect(described([{ ...mapping('person', true), direction: 'from_provider' }])).toEqual([
    'Tried on 12 contacts: 1 value would change in Harmony, 0 values in Google. Who is new on one side is not counted.',
  ]);
});

test('lists and labels are counted on each side, and so are names that give way', () => {
  const turned: ObjectMapping[] = [{ ...mapping('contactGroup', true), direction: 'to_provider' }];
  const none = { created: 0, updated: 0, deleted: 0 };
  const lists = { harmony: none, provider: none, tied: 0, parked: 0, conflicts: 0, samples: [] };
  const nothing = ['No list and no label would change. Who is on lists is not counted.'];
  expect(described(turned)).toEqual(nothing);
  expect(described(turned, { lists })).toEqual(nothing);
  const provider = { created: 2, updated: 0, deleted: 1 };
  expect(
    described(turned, {
      lists: { ...lists, harmony: { ...none, updated: 1 }, provider, tied: 1, conflicts: 1 },
    }),
  ).toEqual([
    'In Harmony: 1 list renamed or brought back. In Google: 2 labels added, 1 label deleted. 1 list is on both sides and will be tied. 1 name of a list gives way. Who is on lists is not counted.',
  ]);
});

test('of other contacts it is told how many are known, and that there may be more', () => {
  const others = (effect: 'come' | 'stop', known: number) =>
    described([mapping('otherContact', true)], { otherContacts: { effect, known, samples: [] } });
  expect([others('come', 0), others('come', 2), others('stop', 1), others('stop', 0)].flat()).toEqual([
    'Other contacts would come into Harmony. None has been read yet, so how many is not known.',
    '2 other contacts would come into Harmony, and those that were not read yet.',
    '1 other contact stays in Harmony. What changes in Google from then on is not followed.',
    'No other contacts have come into Harmony, and none would.',
  ]);
});

test('what the server refuses stands at its object, and what is wrong with fields then at contacts', () => {
  const refusal = (path: string, message: string) =>
    new ApiProblem({
      ...{ status: 422, code: 'mapping_invalid', title: '', detail: '' },
      errors: [{ path, message }],
    });
  const ends = 'flows against the integration, so it would never sync.';
  for (const list of ['data', 'objects'])
    expect(readObjectProblems(refusal(`${list}.1`, `contactGroup ${ends}`), before)).toEqual([
      { index: 1, text: `“Lists” ${ends}` },
    ]);
  expect(readObjectProblems(refusal('fields.8', `"birthday" ${ends}`), before)).toEqual([
    { index: 0, text: `“Birthday” ${ends}` },
  ]);
  expect(readObjectProblems(refusal('version', 'the newest is 4'), before)).toEqual([]);
});
