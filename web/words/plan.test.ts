import { expect, test } from 'vitest';
import {
  describeLeftOpen,
  describeListChange,
  describeListSide,
  describeListTies,
  describePlanStatus,
  describeRemoved,
  describeSampleReason,
  describeSide,
  describeTies,
  describeValues,
  nobodyThere,
  sampleTies,
} from './plan.ts';

test('a plan has been carried out only once it has, and what needs a way on is left to its own note', () => {
  expect(describePlanStatus({ status: 'applying' })).toMatch(/^This plan is being carried out/);
  expect(describePlanStatus({ status: 'applied' })).toBe('This plan has been carried out.');
  expect(describePlanStatus({ status: 'rejected' })).toBe('This plan was turned down.');
  expect([describePlanStatus({ status: 'stale' }), describePlanStatus({ status: 'failed' })]).toEqual([
    undefined,
    undefined,
  ]);
});

test('whoever is left open is said to stay so only as long as nothing else settles it', () => {
  const plan = { syncDirection: 'bidirectional' } as const;
  expect(describeLeftOpen('in_doubt', plan)).toBeUndefined();
  expect(describeLeftOpen('nobody_left', plan)).toBe(
    'Nobody is left there for it: it counts as “Nobody there: create it”.',
  );
  expect(describeLeftOpen('may_be_settled', plan)).toMatch(
    /it is then tied to whoever is left, or counts as/,
  );
  expect(nobodyThere({ syncDirection: 'from_provider' })).toBe('Nobody there');
});

test('each side says how many of what, in one or in many, and nothing where nothing would happen', () => {
  expect(describeSide({ created: 2, updated: 1, deleted: 0 }, 'provider')).toEqual([
    '2 contacts added',
    '1 contact changed',
  ]);
  expect(describeSide({ created: 0, updated: 0, deleted: 1200 }, 'harmony')).toEqual([
    '1,200 contacts archived',
  ]);
  expect(describeSide({ created: 0, updated: 0, deleted: 0 }, 'harmony')).toEqual([]);
});

test('what is neither side alone is told in a line each', () => {
  const none = { created: 0, updated: 0, deleted: 0 };
  const counts = { harmony: none, provider: none, linked: 2, unlinked: 0, conflicts: 1, parked: 1 };
  expect(describeTies(counts)).toEqual([
    '2 people are on both sides and will be tied',
    '1 value gives way, and can be put back',
    '1 question waits until you decide',
  ]);
});

test('who is tied or left is named as far as it is counted, each once, and by words for why', () => {
  const sample = (
    action: 'create' | 'link' | 'unlink' | 'park',
    contactId: string,
    reason: string | null,
  ) => ({
    ...({ side: action === 'create' ? 'provider' : 'none', action, contactId, reason } as const),
    ...{ remoteId: null, name: contactId, fields: {} },
  });
  const samples = [
    sample('create', 'new', null),
    sample('link', 'tied', null),
    sample('unlink', 'untied', 'direction'),
    sample('unlink', 'gone', null),
    sample('park', 'left', 'unstorable_value'),
    sample('park', 'left', 'unstorable_value'),
  ];
  const none = { created: 0, updated: 0, deleted: 0 };
  const counts = { harmony: none, provider: none, linked: 1, unlinked: 1, conflicts: 0, parked: 2 };
  const named = (of: Partial<typeof counts>) =>
    sampleTies(samples, { ...counts, ...of }).map(({ contactId }) => contactId);
  expect(named({})).toEqual(['tied', 'untied', 'left']);
  expect(named({ linked: 0, unlinked: 0 })).toEqual(['left']);
  expect(describeSampleReason({ reason: 'unstorable_value' }, 'Google')).toBe(
    'Google can not hold one of its values',
  );
  expect(describeSampleReason({ reason: 'of_a_later_version' }, 'Google')).toBeUndefined();
});

test('of lists each side says how many of what, too, by the name that it has for them', () => {
  const none = { created: 0, updated: 0, deleted: 0, membersAdded: 0, membersRemoved: 0 };
  expect(describeListSide({ ...none, created: 1, membersAdded: 1200 }, 'provider')).toEqual([
    '1 label added',
    '1,200 contacts put on labels',
  ]);
  expect(describeListSide({ ...none, updated: 2, deleted: 1, membersRemoved: 1 }, 'harmony')).toEqual([
    '2 lists renamed or brought back',
    '1 list archived',
    '1 contact taken off lists',
  ]);
  const ties = { harmony: none, provider: none, tied: 1, parked: 2, conflicts: 1, samples: [] };
  expect(describeListTies(ties)).toEqual([
    '1 list is on both sides and will be tied',
    '1 name of a list gives way',
    '2 lists stay as they are until you decide',
  ]);
  const choir = { side: 'harmony', name: 'choir' } as const;
  expect(describeListChange({ ...choir, action: 'rename', newName: 'Choir' })).toBe('becomes Choir');
  expect(describeListChange({ ...choir, action: 'add_members', members: 1 })).toBe('1 contact');
  expect(describeListChange({ ...choir, action: 'create' })).toBeUndefined();
});

test('what is taken away is said before it is, contacts and lists together', () => {
  const side = { created: 1, updated: 1, deleted: 0 };
  const [none, gone] = [
    { ...side, membersAdded: 1, membersRemoved: 1 },
    { ...side, membersAdded: 0, membersRemoved: 0, deleted: 2 },
  ];
  const counts = { harmony: side, provider: side, linked: 0, unlinked: 0, conflicts: 0, parked: 0 };
  const lists = { harmony: none, provider: none, tied: 0, parked: 0, conflicts: 0, samples: [] };
  expect(describeRemoved({ counts, lists })).toBeUndefined();
  expect(describeRemoved({ counts, lists: { ...lists, provider: gone } })).toBe('2 lists');
  expect(
    describeRemoved({
      counts: { ...counts, harmony: { ...side, deleted: 1 } },
      lists: { ...lists, harmony: gone },
    }),
  ).toBe('1 contact and 2 lists');
});

test('values stand in the order in which a person looks for them, fields of their own last', () => {
  const fields = { 'custom.size': 'L', phone: null, company: 'Atlas', firstName: 'Paula' };
  expect(describeValues({ action: 'update', fields })).toBe(
    'First name: Paula · Company: Atlas · Phone: emptied · size: L',
  );
  expect(describeValues({ action: 'create', fields })).toBe('Company: Atlas · Phone: emptied · size: L');
});
