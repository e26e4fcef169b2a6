// Where in Google's Person a contact field lives: `list.subfield`, `list[type=mobile].value`,
// `userDefined[key=Customer id].value`; and which lists and subfields can be written (People API, updateContact).
import { canonicalize, type FieldKind } from './contact-fields.ts';

export interface PersonListSpec {
  /** What each mappable subfield holds. */
  subfields: Record<string, FieldKind>;
  /** Clearing this subfield removes its element; elsewhere an element goes once nothing but its label is left. */
  main?: string;
  /** Google answers 400 to more than one element (People API, updateContact). */
  singleton?: true;
  /** The subfield that a selector names: `type` is a wish (rule 9), `key` an identity. */
  selector?: 'type' | 'key';
  /** Subfields that Google derives from the others; a stale copy sent back could contradict the new value. */
  derived?: readonly string[];
  /** Subfields that say in other words what `main` says: they go where another value takes its place. */
  restated?: readonly string[];
}

const value = (kind: FieldKind, more: Omit<PersonListSpec, 'subfields' | 'main'> = {}): PersonListSpec => ({
  subfields: { value: kind },
  main: 'value',
  ...more,
});

export const PERSON_LISTS: Record<string, PersonListSpec> = {
  names: {
    singleton: true,
    subfields: {
      givenName: 'text',
      familyName: 'text',
      middleName: 'text',
      honorificPrefix: 'text',
      honorificSuffix: 'text',
      phoneticGivenName: 'text',
      phoneticFamilyName: 'text',
    },
    derived: ['displayName', 'displayNameLastFirst', 'unstructuredName'],
  },
  nicknames: value('text', { selector: 'type' }),
  emailAddresses: value('email', { selector: 'type' }),
  phoneNumbers: value('phone', { selector: 'type', derived: ['canonicalForm'] }),
  organizations: {
    selector: 'type',
    subfields: {
      title: 'text',
      name: 'text',
      department: 'text',
      jobDescription: 'text',
      location: 'text',
      domain: 'text',
    },
  },
  addresses: {
    selector: 'type',
    main: 'formattedValue',
    subfields: { formattedValue: 'multiline' },
    restated: [
      'poBox',
      'streetAddress',
      'extendedAddress',
      'city',
      'region',
      'postalCode',
      'country',
      'countryCode',
    ],
  },
  birthdays: { singleton: true, main: 'date', subfields: { date: 'date' }, restated: ['text'] },
  urls: value('url', { selector: 'type' }),
  biographies: value('multiline', { singleton: true }),
  genders: value('text', { singleton: true }),
  occupations: value('text'),
  relations: { selector: 'type', main: 'person', subfields: { person: 'text' } },
  events: { selector: 'type', main: 'date', subfields: { date: 'date' } },
  userDefined: value('text', { selector: 'key' }),
};

export interface FieldPath {
  list: string;
  subfield: string;
  kind: FieldKind;
  /** The configured label (`type`) or, for userDefined, the key. */
  selector?: string;
}

/** Parses a path; undefined where Google has no such field or doesn't let it be written so. */
export function parseFieldPath(path: string): FieldPath | undefined {
  const parts = /^(\w+)(?:\[(\w+)=([^\]]+)\])?\.(\w+)$/.exec(path);
  if (!parts) return undefined;
  const [, list = '', selectorName, selector, subfield = ''] = parts;
  const spec = Object.hasOwn(PERSON_LISTS, list) ? PERSON_LISTS[list] : undefined;
  const kind = spec && Object.hasOwn(spec.subfields, subfield) ? spec.subfields[subfield] : undefined;
  if (!spec || !kind || (selectorName !== undefined && selectorName !== spec.selector)) return undefined;
  if (spec.selector === 'key' && selector === undefined) return undefined;
  return { list, subfield, kind, ...(selector !== undefined && { selector: selector.trim() }) };
}

/** What a label or key is compared by: Google's page and a person's keyboard need not spell one alike. */
export function canonicalSelector(
  selector: string,
  { selector: kind }: Pick<PersonListSpec, 'selector'>,
): string {
  const text = canonicalize('text', selector);
  return kind === 'key' ? text : text.toLowerCase();
}

export function formatFieldPath({ list, subfield, selector }: FieldPath): string {
  const name = PERSON_LISTS[list]?.selector;
  return `${list}${selector === undefined ? '' : `[${name}=${selector}]`}.${subfield}`;
}
