import { expect, test } from 'vitest';
import { patchContact } from './contract/contact.ts';
import { ProblemError } from './problem.ts';
import { readInput } from './read-input.ts';

function errorsOf(value: unknown) {
  try {
    readInput('body', patchContact, value);
  } catch (error) {
    if (error instanceof ProblemError) return error.toBody().errors;
    throw error;
  }
  return undefined;
}

test('a name that can not be, a value and a field that is not known are each told by what is wrong', () => {
  expect(errorsOf({ customFields: { 'a/b': 'x', long: 'x'.repeat(5001) }, nickName: 'A' })).toEqual([
    {
      path: 'customFields.a/b',
      message: 'not a field name: use 1 to 64 letters, digits, blanks, dashes or underscores',
    },
    { path: 'customFields.long', message: 'longer than 5000 characters' },
    { path: 'nickName', message: 'This field is not known.' },
  ]);
});
