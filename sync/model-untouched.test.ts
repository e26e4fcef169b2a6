/** The judge of the random histories by itself: what it lets a write change at Google, and what it does not. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from './default-mappings.ts';
import { compileMapping } from './map-contact.ts';
import { findTouched, spelledAlike } from './model-untouched.test-support.ts';
import type { Person } from './person.ts';

const work = { value: 'a@x.io', type: 'work', displayName: 'A' };
const home = { value: 'b@x.io', type: 'home' };
const ada = { givenName: 'Ada', middleName: 'K' };
const cto = { title: 'CTO', location: 'Room 7', type: 'work' };
const emails = (...emailAddresses: NonNullable<Person['clientData']>): Person => ({ emailAddresses });

const touched = (before: Person, after: Person, mappings: readonly FieldMapping[] = DEFAULT_FIELD_MAPPINGS) =>
  findTouched(compileMapping(mappings).fields, before, after);

describe('lets pass', () => {
  it.each<[string, Person, Person]>([
    ['another value in an element', emails(work, home), emails({ ...work, value: 'c@x.io' }, home)],
    ['a cleared element that goes', emails(work, home), emails(home)],
    ['a new element', emails(home), emails(home, { value: 'c@x.io' })],
    ['a cleared element that stood there twice', emails(work, {}, work), emails({}, work)],
    ['an empty list that is not mapped', {}, { relations: [] }],
    ['a derived subfield', { names: [{ ...ada, displayName: 'Ada' }] }, { names: [ada] }],
    [
      'the marker of a create',
      {},
      { ...emails({ value: 'a@x.io' }), clientData: [{ key: 'k', value: 'v' }] },
    ],
  ])('%s', (_what, before, after) => {
    expect(touched(before, after)).toBeUndefined();
  });
});

describe('finds', () => {
  it.each<[string, Person, Person]>([
    ['another label', emails(work, home), emails({ ...work, type: 'home' }, home)],
    ['another label beside another value', emails(work), emails({ value: 'c@x.io', displayName: 'A' })],
    ['a sibling with another label', emails(work, home), emails(work, { ...home, type: 'work' })],
    ['a sibling that went, too', emails(work, home), emails()],
    ['siblings in another order', emails(work, home), emails(home, work)],
    ['one that moved behind one that stands there twice', emails(work, home, home), emails(home, home, work)],
    [
      'another value in two elements',
      emails(work, home),
      emails({ ...work, value: '1' }, { ...home, value: '2' }),
    ],
    ['a new element with a label of nobody', emails(), emails({ value: 'c@x.io', type: 'work' })],
    ['a subfield that is not mapped', { names: [ada] }, { names: [{ givenName: 'Ada' }] }],
    ['an element with something left in it that went', { organizations: [cto] }, { organizations: [] }],
    ['a list that is not mapped', { relations: [{ person: 'Bo' }] }, { relations: [] }],
    ['a photo with a create', {}, { photos: [{ url: 'https://x.io/1.png' }] }],
  ])('%s', (_what, before, after) => {
    expect(touched(before, after)).toBe(Object.keys({ ...before, ...after })[0]);
  });

  it('a subfield that only comes from Google, in an element that others go to', () => {
    const mappings = DEFAULT_FIELD_MAPPINGS.filter(({ field }) => field !== 'company');
    const before = { organizations: [{ title: 'CTO', name: 'Acme' }] };
    expect(touched(before, { organizations: [{ title: 'CEO', name: 'Acme' }] }, mappings)).toBeUndefined();
    expect(touched(before, { organizations: [{ title: 'CEO', name: 'Beta' }] }, mappings)).toBe(
      'organizations',
    );
  });
});

it('a value that is only spelled in another way is alike, with its label and its siblings', () => {
  const number = (value: string, type: string) => spelledAlike({ phoneNumbers: [{ value, type }, {}] });
  expect(number('+44 20 1', 'home')).toEqual(number('+44201', 'home'));
  expect(number('+44 20 1', 'home')).not.toEqual(number('+44201', 'work'));
  expect(number('+44 20 1', 'home')).not.toEqual(number('+44202', 'home'));
});
