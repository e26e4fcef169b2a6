// What a create takes over of a remote contact that is gone: all that is its own and that Google lets be written (People API,
// `Person` and createContact). Its groups follow by the rules for lists.
import { PERSON_LISTS } from './field-path.ts';
import { isContactSourced } from './lens.ts';
import { elementsOf, MARKER_KEY, type Person, type PersonElement } from './person.ts';

const READ_ONLY_LISTS: readonly string[] = [
  'ageRanges',
  'coverPhotos',
  'memberships',
  'photos',
  'relationshipInterests',
  'relationshipStatuses',
  'taglines',
];

const READ_ONLY_SUBFIELDS: readonly string[] = [
  'metadata',
  'canonicalForm',
  'formattedProtocol',
  'formattedType',
];

/**
 * Without ids, etags, what Google derives, and the marker of the create that once made it. Of the metadata stays which of
 * several elements is the primary one, where that is not the first.
 */
export function writablePart(person: Person): Person {
  const lists = Object.keys(person).flatMap((list): [string, PersonElement[]][] => {
    if (READ_ONLY_LISTS.includes(list)) return [];
    const own = elementsOf(person, list).filter(
      (element) => isContactSourced(element) && !isMarker(list, element),
    );
    const primary = own.find(({ metadata }) => metadata?.primary || metadata?.sourcePrimary);
    const elements = own.map((element, at) => writableElement(list, element, at > 0 && element === primary));
    return elements.length === 0 ? [] : [[list, elements]];
  });
  return Object.fromEntries(lists);
}

function writableElement(list: string, element: PersonElement, isPrimary: boolean): PersonElement {
  const readOnly = [...READ_ONLY_SUBFIELDS, ...derivedOf(list, element)];
  const written = Object.entries(element).filter(([name]) => !readOnly.includes(name));
  return { ...Object.fromEntries(written), ...(isPrimary && { metadata: { sourcePrimary: true } }) };
}

function derivedOf(list: string, element: PersonElement): readonly string[] {
  if (list === 'genders') return ['formattedValue'];
  const { subfields = {}, derived = [] } = PERSON_LISTS[list] ?? {};
  // A name of one piece is all that there is.
  const isWhole = Object.keys(subfields).every((subfield) => element[subfield] === undefined);
  return isWhole ? derived.filter((name) => name !== 'unstructuredName') : derived;
}

const isMarker = (list: string, { key }: PersonElement): boolean =>
  list === 'clientData' && key === MARKER_KEY;
