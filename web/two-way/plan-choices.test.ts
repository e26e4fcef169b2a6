import { expect, test } from 'vitest';
import { decisionsOf, leftOpen, nobody, stillAsked, takenBeside } from './plan-choices.ts';

const group = (contacts: readonly string[], remotes: readonly string[]) => {
  const candidate = (id: string) => ({ id, name: id, email: null });
  return { contacts: contacts.map(candidate), remotes: remotes.map(candidate) };
};

test('whoever is left open is decided on only while nobody else of the group is', () => {
  const desk = group(['frieda', 'fritz'], ['desk']);
  expect(leftOpen(desk, {}, 'fritz')).toBe('in_doubt');
  expect(leftOpen(desk, { frieda: 'desk' }, 'fritz')).toBe('nobody_left');
  // Fritz alone is left for it, so that both are tied.
  expect(leftOpen(desk, { frieda: nobody }, 'fritz')).toBe('may_be_settled');
  const twins = group(['ann', 'anna'], ['people/1', 'people/2']);
  expect(leftOpen(twins, { ann: 'people/1' }, 'anna')).toBe('may_be_settled');
  expect(leftOpen(twins, { frieda: 'desk' }, 'anna')).toBe('in_doubt');
});

test('one remote contact is given to one contact', () => {
  const chosen = { frieda: 'desk', ann: nobody };
  expect([takenBeside(chosen, 'fritz'), takenBeside(chosen, 'frieda')]).toEqual([['desk'], []]);
});

test('a fresh plan keeps what it asks, too, and nothing that it would refuse', () => {
  const groups = [group(['frieda', 'fritz'], ['desk']), group(['ann'], ['people/1', 'people/2'])];
  const chosen = { frieda: 'desk', fritz: nobody, ann: 'people/3', gone: nobody };
  expect(stillAsked(chosen, groups)).toEqual({ frieda: 'desk', fritz: nobody });
  expect(stillAsked({ ann: 'desk' }, groups)).toEqual({});
});

test('each choice is a decision, nobody one without a counterpart', () => {
  expect(decisionsOf({ frieda: 'desk', fritz: nobody })).toEqual([
    { contactId: 'frieda', remoteId: 'desk' },
    { contactId: 'fritz', remoteId: null },
  ]);
});
