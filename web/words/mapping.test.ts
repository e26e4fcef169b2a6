import { expect, test } from 'vitest';
import { checkDraft, describePreview } from './mapping.ts';

const mapping = (field: string, path: string) => ({ field, path, direction: 'both' as const });

test('a side that is missing or used twice is told at its row', () => {
  const draft = [
    mapping('email', 'emailAddresses.value'),
    mapping('email', 'urls.value'),
    mapping('phone', ''),
    mapping('notes', 'biographies.value'),
  ];
  expect(checkDraft(draft)).toEqual([
    { index: 0, text: 'E-mail is mapped twice.' },
    { index: 1, text: 'E-mail is mapped twice.' },
    { index: 2, text: 'Choose a field at the provider.' },
  ]);
});

test('a preview says how much would change on which side, or that nothing would', () => {
  const preview = { records: 100, changedFields: [], changes: [], takesEffect: 'now' as const };
  const counts = { harmony: 1, provider: 12, conflicts: 0 };
  expect(describePreview({ ...preview, counts }, 'Google')).toBe(
    'Tried on 100 contacts: 1 value would change in Harmony, 12 values in Google.',
  );
  expect(
    describePreview({ ...preview, counts: { harmony: 0, provider: 0, conflicts: 0 } }, 'Google'),
  ).toMatch(/nothing would change/);
});
