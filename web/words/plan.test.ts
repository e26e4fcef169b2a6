import { expect, test } from 'vitest';
import { describePlanStatus, describeSide, describeTies, describeValues } from './plan.ts';

test('a plan has been carried out only once it has, and what needs a way on is left to its own note', () => {
  expect(describePlanStatus({ status: 'applying' })).toMatch(/^This plan is being carried out/);
  expect(describePlanStatus({ status: 'applied' })).toBe('This plan has been carried out.');
  expect(describePlanStatus({ status: 'rejected' })).toBe('This plan was turned down.');
  expect([describePlanStatus({ status: 'stale' }), describePlanStatus({ status: 'failed' })]).toEqual([
    undefined,
    undefined,
  ]);
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
    '1 contact stays as it is until you decide',
  ]);
});

test('values stand in the order in which a person looks for them, fields of their own last', () => {
  const fields = { 'custom.size': 'L', phone: null, company: 'Atlas', firstName: 'Paula' };
  expect(describeValues({ action: 'update', fields })).toBe(
    'First name: Paula · Company: Atlas · Phone: emptied · size: L',
  );
  expect(describeValues({ action: 'create', fields })).toBe('Company: Atlas · Phone: emptied · size: L');
});
