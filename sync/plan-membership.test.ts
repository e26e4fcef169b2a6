import { expect, it } from 'vitest';
import { planMembership } from './plan-membership.ts';

const both = { pulls: true, pushes: true };
const fromProvider = { pulls: true, pushes: false };
const toProvider = { pulls: false, pushes: true };
const plain = { takesMembers: true, work: undefined, isWrittenElsewhere: false };
const here = { ...plain, isMember: true };
const there = { ...plain, isMember: false };

it('both ways, each side gets what the other one has', () => {
  expect(planMembership(both, here)).toEqual({ side: 'provider', isMember: true });
  expect(planMembership(both, there)).toEqual({ side: 'harmony', isMember: true });
});

it('one way, the other side becomes as the source is', () => {
  expect(planMembership(fromProvider, here)).toEqual({ side: 'harmony', isMember: false });
  expect(planMembership(fromProvider, there)).toEqual({ side: 'harmony', isMember: true });
  expect(planMembership(toProvider, here)).toEqual({ side: 'provider', isMember: true });
  expect(planMembership(toProvider, there)).toEqual({ side: 'provider', isMember: false });
});

it('what a person changed is sent where lists flow there, and set back where they do not', () => {
  expect(planMembership(both, { ...there, work: 'waits' })).toEqual({ side: 'provider', isMember: false });
  expect(planMembership(fromProvider, { ...here, work: 'waits' })).toEqual({
    ...{ side: 'harmony', isMember: false },
  });
  expect(planMembership(both, { ...there, work: 'sent' })).toBeUndefined();
});

it('nobody is put into a group that takes no members', () => {
  const closed = { ...here, takesMembers: false };
  expect(planMembership(both, closed)).toEqual({ side: 'harmony', isMember: false });
  expect(planMembership(both, { ...closed, work: 'waits' })).toBeUndefined();
  expect(planMembership(toProvider, closed)).toBeUndefined();
  expect(planMembership(toProvider, { ...closed, isMember: false })).toEqual({
    ...{ side: 'provider', isMember: false },
  });
});

it('an account that is merely read sets nothing back that another one is sent', () => {
  for (const one of [here, there])
    expect(planMembership(fromProvider, { ...one, isWrittenElsewhere: true })).toBeUndefined();
  expect(planMembership(both, { ...there, isWrittenElsewhere: true })).toEqual({
    ...{ side: 'harmony', isMember: true },
  });
});
