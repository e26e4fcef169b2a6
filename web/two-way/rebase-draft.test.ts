import { expect, test } from 'vitest';
import { rebaseDraft } from './rebase-draft.ts';

const map = (field: string, direction = 'both') => ({ field, path: `${field}s.value`, direction });
const from = [map('email'), map('phone'), map('notes')];
const rebase = (data: ReturnType<typeof map>[], inForce: ReturnType<typeof map>[]) =>
  rebaseDraft({ from, data }, inForce, ({ field }) => field);

test('what is typed stays as it is while nobody changes anything', () => {
  const data = [map('phone'), map('email', 'from_provider'), map('')];
  expect(rebase(data, from)).toBe(data);
});

test('what somebody else changed meanwhile comes in, and what was changed, added and removed here stays so', () => {
  const data = [map('email', 'from_provider'), map('phone'), map('website')];
  const inForce = [map('email'), map('phone', 'to_provider'), map('notes'), map('birthday')];
  expect(rebase(data, inForce)).toEqual([
    map('email', 'from_provider'),
    map('phone', 'to_provider'),
    map('birthday'),
    map('website'),
  ]);
});

test('of one mapping that both changed, or removed, the change that is in force holds', () => {
  const data = [map('email', 'from_provider'), map('phone', 'from_provider')];
  const inForce = [map('email', 'to_provider'), map('notes', 'to_provider')];
  expect(rebase(data, inForce)).toEqual(inForce);
});

test('once it is saved nothing of it is left to be saved', () => {
  const data = [map('email', 'from_provider'), map('phone')];
  expect(rebase(data, data)).toEqual(data);
});
