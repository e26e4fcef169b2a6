// A person at Google who edits what no field of Harmony stands for: other elements, labels, and lists of Google's own.
import fc from 'fast-check';
import type { ModelGoogle } from './model-google.test-support.ts';
import { elementsOf, type Person, type PersonElement } from './person.ts';

const SIBLINGS = {
  email: (person) =>
    add(person, 'emailAddresses', { value: `sibling${count(person, 'emailAddresses')}@x.io` }),
  phone: (person) =>
    add(person, 'phoneNumbers', { value: `030 ${count(person, 'phoneNumbers')}`, type: 'other' }),
  email_label: (person) => relabel(person, 'emailAddresses'),
  phone_label: (person) => relabel(person, 'phoneNumbers'),
  relation: (person) =>
    add(person, 'relations', { person: `Kin ${count(person, 'relations')}`, type: 'sister' }),
  photo: (person) => ({ photos: [{ url: `https://x.io/${count(person, 'photos')}.png` }] }),
  nickname: () => ({ nicknames: [{ value: 'Countess' }] }),
  employer: (person) => ({
    organizations: elementsOf(person, 'organizations').map((one) => ({ ...one, location: 'Room 7' })),
  }),
  custom: (person) => add(person, 'userDefined', { key: 'Other', value: `${count(person, 'userDefined')}` }),
} satisfies Record<string, (person: Person) => Record<string, readonly PersonElement[]>>;

export type Sibling = keyof typeof SIBLINGS;

export const anySibling = fc.constantFrom(...(Object.keys(SIBLINGS) as Sibling[]));

export function editSibling(google: ModelGoogle, name: string, what: Sibling): void {
  const person = google.get(name);
  if (person) google.edit(name, SIBLINGS[what](person));
}

const count = (person: Person, list: string): number => elementsOf(person, list).length;

function add(person: Person, list: string, element: PersonElement) {
  return { [list]: [...elementsOf(person, list), element] };
}

/** Of the first element, which most often is the mapped one. */
function relabel(person: Person, list: string) {
  const [first, ...others] = elementsOf(person, list);
  const type = first?.type === 'school' ? 'home' : 'school';
  return { [list]: first === undefined ? [] : [{ ...first, type }, ...others] };
}
