import { expect, test } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import {
  checkDraft,
  customNameIn,
  describePreview,
  pathLabel,
  providerCustom,
  readServerProblems,
} from './mapping.ts';

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

test('a custom field has a name on both sides, and is called by it', () => {
  const named = mapping('custom.Badge', 'userDefined[key=Badge number].value');
  const draft = [
    mapping('custom.', 'biographies.value'),
    mapping('notes', 'userDefined[key= ].value'),
    named,
  ];
  expect(checkDraft(draft)).toEqual([
    { index: 0, text: 'Name the custom field of Harmony.' },
    { index: 1, text: 'Name the custom field at the provider.' },
  ]);
  expect(checkDraft([named, { ...named, path: 'urls.value' }])[0]?.text).toBe('Badge is mapped twice.');
  expect(pathLabel(named.path)).toBe('Badge number');
  expect(customNameIn(providerCustom, 'userDefined[key=Badge number].value')).toBe('Badge number');
  expect(customNameIn(providerCustom, 'biographies.value')).toBeUndefined();
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

test('what the server refuses stands at its row, in the words for fields that the page uses', () => {
  const refusal = (path: string, message: string) =>
    new ApiProblem({
      status: 422,
      code: 'mapping_invalid',
      title: '',
      detail: '',
      errors: [{ path, message }],
    });
  const message = '"birthday" (date) and "nicknames.value" (text) hold different things.';
  expect(readServerProblems(refusal('data.3', message))).toEqual([
    { index: 3, text: '“Birthday” and “Nickname” hold different things.' },
  ]);
  expect(readServerProblems(refusal('fields.0.path', 'too long'))).toEqual([{ index: 0, text: 'too long' }]);
  expect(readServerProblems(refusal('version', 'the newest is 4'))).toEqual([]);
  expect(readServerProblems(new Error('away'))).toEqual([]);
});
