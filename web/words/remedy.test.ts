import { expect, test } from 'vitest';
import { textForPeople } from './remedy.ts';

const title = 'A part of Harmony is not available';

test.each([
  [
    {
      code: 'upstream_unavailable',
      detail: 'Google Calendar had not answered after 30 seconds. The refresh goes on.',
      remedy: 'Look at GET /v1/integrations/int_1/collections in a minute.',
    },
    'Google Calendar had not answered after 30 seconds. The refresh goes on. Try again in a minute.',
  ],
  [
    {
      code: 'upstream_unavailable',
      detail: 'The database does not answer at the moment. Nothing is lost.',
      remedy: 'Try again in a few seconds; with the same Idempotency-Key nothing happens twice.',
    },
    'The database does not answer at the moment. Nothing is lost. Try again in a minute.',
  ],
  [
    {
      code: 'conflict',
      detail: 'A change of the mappings waits for its plan, so they can not be changed now.',
      remedy: 'Apply or reject the plan first, or decide this once, without `always`.',
    },
    'A change of the mappings waits for its plan, so they can not be changed now. Carry out the plan that waits, or turn it down; or decide this once, without “Always decide this field this way”.',
  ],
  [
    {
      code: 'write_refused',
      detail: 'Design was no longer in the provider’s list when that was read last.',
      remedy:
        'Name another team, or have the list read again (POST /v1/integrations/int_1/collections/refresh).',
    },
    'Design was no longer in the provider’s list when that was read last. Choose another team, or use Refresh List at the teams of the integration.',
  ],
  [
    {
      code: 'not_found',
      detail: 'There is no such contact.',
      remedy: 'It is archived: POST /v1/contacts/con_1/restore brings it back.',
    },
    'There is no such contact. What was archived is found and restored under Contacts, in the list Archived.',
  ],
])('no route, header or field of the API is shown to a person (%#)', (problem, text) => {
  expect(textForPeople({ ...problem, title })).toBe(text);
});

test('what is said to people stays as it is, and nothing is said twice', () => {
  const detail = 'Too long. Nothing was changed.';
  const remedy = 'Shorten it.';
  expect(textForPeople({ code: 'write_refused', title, detail, remedy })).toBe(`${detail} ${remedy}`);
  expect(textForPeople({ code: 'x', title, detail: remedy, remedy })).toBe(remedy);
  expect(textForPeople({ code: 'x', title, detail: title })).toBe('');
  expect(textForPeople({ code: 'x', title, detail, remedy: 'See `errors`.' })).toBe(detail);
  const quoted = 'Linear says: `title` is too long.';
  expect(textForPeople({ code: 'write_refused', title, detail: quoted })).toBe(quoted);
});
