/** The judge of what a sync does in Harmony, by itself. */
import { expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { Direction } from '../../sync/direction.ts';
import { compileMapping } from '../../sync/map-contact.ts';
import type { LocalContact } from '../../sync/operations.ts';
import { checkUntouched } from './judge.ts';

const ada: LocalContact = { id: 'con_1', version: 1, fields: { firstName: 'Ada' }, archived: false };
const mapping = compileMapping(
  DEFAULT_FIELD_MAPPINGS.map((one) => (one.field === 'notes' ? { ...one, direction: 'to_provider' } : one)),
);
const judge = (direction: Direction, before: LocalContact | undefined, now: LocalContact) => () =>
  checkUntouched({ settings: { mapping, direction, policy: 'newest' } }, before, now);

it.each<[string, LocalContact | undefined, LocalContact]>([
  ['is made', undefined, ada],
  ['is archived', ada, { ...ada, archived: true }],
  ['comes back', { ...ada, archived: true }, ada],
  ['has another value', ada, { ...ada, fields: { firstName: 'ada' } }],
])(
  'a contact that %s by a sync breaks an invariant where contacts only go to Google',
  (_what, before, now) => {
    expect(judge('to_provider', before, now)).toThrow('invariant 4');
    expect(judge('both', before, now)).not.toThrow();
  },
);

it.each([
  ['is not mapped', { 'custom.id': '1' }],
  ['only goes to Google', { notes: 'n' }],
] as const)('a value of a field that %s breaks one in any direction', (_what, change) => {
  const now = { ...ada, fields: { ...ada.fields, ...change } };
  for (const direction of ['both', 'from_provider', 'to_provider'] as const)
    expect(judge(direction, ada, now)).toThrow('invariant 4');
});

it('an edit of a person in lists alone, which raises the version, breaks none', () => {
  expect(judge('to_provider', ada, { ...ada, version: 2, editedAt: '2026-01-01T00:00:00Z' })).not.toThrow();
});
