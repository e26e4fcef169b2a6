// Compiles field mappings once into quick readers and writers between Google's Person and Harmony's fields.
import { type ContactFields, type FieldKind, type FieldName, isBlank, kindOf } from './contact-fields.ts';
import type { FieldMapping } from './default-mappings.ts';
import type { Direction } from './direction.ts';
import {
  canonicalSelector,
  type FieldPath,
  PERSON_LISTS,
  type PersonListSpec,
  parseFieldPath,
} from './field-path.ts';
import {
  type FieldBase,
  getSubfield,
  identityOf,
  type LensField,
  type LensList,
  putSlots,
  resolveSlots,
  type SlotBases,
  type SlotWrite,
} from './lens.ts';
import { elementsOf, type Person, type PersonElement } from './person.ts';

export type FieldBases = { [field in FieldName]?: FieldBase };

export interface MappedField {
  field: FieldName;
  /** How Harmony compares the field. */
  kind: FieldKind;
  path: FieldPath;
  direction: Direction;
}

export interface PersonWrite {
  /** The value for `updatePersonFields`: exactly the lists that change, sorted. */
  mask: string[];
  /** Those lists, whole, since Google replaces a masked field whole. */
  lists: Record<string, PersonElement[]>;
}

export interface CompiledMapping {
  fields: readonly MappedField[];
  byName: ReadonlyMap<FieldName, MappedField>;
  /** The fields that Google may write into Harmony, blanks as null; `bases` finds the agreed elements (rule 9). */
  toHarmony(person: Person, bases?: FieldBases): ContactFields;
  /**
   * All mapped fields as they stand in Google, whatever their direction. `sought`: Harmony's values, which tell the
   * elements of those of which nothing was ever agreed on.
   */
  readPerson(person: Person, bases?: FieldBases, sought?: ContactFields): ContactFields;
  /** The lists to send so that the changed fields hold; `mask` is empty when they already do. */
  writePerson(
    person: Person,
    changes: ContactFields,
    bases?: FieldBases,
    sought?: ContactFields,
  ): PersonWrite;
  /** As `FieldBase.besides` remembers them: the elements that hold such a value; with bases, all but the field's own. */
  siblingsOf(person: Person, field: FieldName, bases?: FieldBases): string[];
}

/** What tells which element a field means. */
interface Known {
  readonly bases?: FieldBases | undefined;
  /** Harmony's values. */
  readonly sought?: ContactFields | undefined;
}

interface CompiledList extends LensList {
  name: string;
  slots: readonly CompiledSlot[];
}

interface CompiledSlot {
  selector?: string;
  fields: readonly (LensField & { field: FieldName })[];
}

/** Throws a RangeError on a path that Google doesn't have: `checkMappings` refuses such a mapping first. */
export function compileMapping(mappings: readonly FieldMapping[]): CompiledMapping {
  const fields = withOneSpelling(
    mappings.map(({ field, path, direction }): MappedField => {
      const parsed = parseFieldPath(path);
      if (!parsed) throw new RangeError(`no such Google contact field: ${path}`);
      return { field, kind: kindOf(field) ?? parsed.kind, path: parsed, direction };
    }),
  );
  const byName = new Map(fields.map((mapped) => [mapped.field, mapped]));
  const all = compileLists(fields);
  const outward = new Set(
    fields.filter((mapped) => mapped.direction === 'to_provider').map((mapped) => mapped.field),
  );

  const read = (
    person: Person,
    { bases, sought, skip = NOTHING }: Known & { skip?: ReadonlySet<FieldName> },
  ): ContactFields => {
    const values: ContactFields = {};
    for (const list of all) {
      const elements = elementsOf(person, list.name);
      const chosen = elements.length === 0 ? undefined : resolve(list, elements, { bases, sought });
      list.slots.forEach((slot, at) => {
        const element = chosen && elements[chosen[at] as number];
        for (const field of slot.fields) {
          if (!skip.has(field.field)) values[field.field] = getSubfield(element, field);
        }
      });
    }
    return values;
  };

  return {
    fields,
    byName,
    toHarmony: (person, bases) => read(person, { bases, skip: outward }),
    readPerson: (person, bases, sought) => read(person, { bases, sought }),
    writePerson: (person, changes, bases, sought) => {
      const write: PersonWrite = { mask: [], lists: {} };
      for (const list of all) {
        const elements = elementsOf(person, list.name);
        const next = writeList(list, elements, changes, { bases, sought });
        if (!next) continue;
        write.mask.push(list.name);
        write.lists[list.name] = next;
      }
      write.mask.sort();
      return write;
    },
    siblingsOf: (person, field, bases) => {
      const list = all.find(({ slots }) => slots.some((slot) => holds(slot, field)));
      const path = byName.get(field)?.path;
      if (!list || !path || list.spec.singleton) return [];
      const elements = elementsOf(person, list.name);
      const chosen = bases && resolve(list, elements, { bases });
      const own = chosen?.[list.slots.findIndex((slot) => holds(slot, field))];
      return elements
        .filter((element, at) => at !== own && (bases || getSubfield(element, path) !== null))
        .map((element) => identityOf(list.spec, element));
    },
  };
}

const NOTHING: ReadonlySet<FieldName> = new Set();

/** One label is one element, however the mappings spell it; of several spellings the least holds, whatever their order. */
function withOneSpelling(fields: readonly MappedField[]): MappedField[] {
  const spellings = new Map<string, string>();
  const labelOf = ({ list, selector }: FieldPath): string | undefined =>
    selector === undefined
      ? undefined
      : `${list} ${canonicalSelector(selector, PERSON_LISTS[list] as PersonListSpec)}`;
  for (const { path } of fields) {
    const [label, spelling] = [labelOf(path), path.selector];
    if (label === undefined || spelling === undefined) continue;
    const known = spellings.get(label);
    if (known === undefined || spelling < known) spellings.set(label, spelling);
  }
  return fields.map((mapped) => {
    const selector = spellings.get(labelOf(mapped.path) ?? '');
    return selector === undefined ? mapped : { ...mapped, path: { ...mapped.path, selector } };
  });
}

function writeList(
  list: CompiledList,
  elements: readonly PersonElement[],
  changes: ContactFields,
  known: Known,
): PersonElement[] | undefined {
  if (!list.slots.some((slot) => slot.fields.some(({ field }) => changes[field] !== undefined)))
    return undefined;
  const chosen = resolve(list, elements, known);
  const writes = list.slots.map(
    (slot, at): SlotWrite => ({
      slot,
      elementIndex: chosen[at] as number,
      values: slot.fields.map(({ field }) => changes[field]),
    }),
  );
  const next = putSlots(list.spec, elements, writes);
  const isUnchanged =
    next.length === elements.length && next.every((element, at) => element === elements[at]);
  return isUnchanged ? undefined : next;
}

function holds(slot: CompiledSlot, field: FieldName): boolean {
  return slot.fields.some((held) => held.field === field);
}

function resolve(list: CompiledList, elements: readonly PersonElement[], { bases, sought }: Known): number[] {
  const agreed = bases && list.slots.map((slot) => slot.fields.map(({ field }) => bases[field]));
  return resolveSlots(list, elements, agreed, sought && soughtIn(list, { bases, sought }));
}

/** For each slot with a field of which nothing is agreed on: what to look for, where Harmony has anything. */
function soughtIn(
  { slots }: CompiledList,
  { bases = {}, sought }: { bases: FieldBases | undefined; sought: ContactFields },
): (SlotBases | undefined)[] {
  return slots.map(({ fields }) => {
    const isSought = fields.some(
      ({ field }) => bases[field] === undefined && !isBlank(sought[field] ?? null),
    );
    if (!isSought) return undefined;
    return fields.map(({ field }) => {
      const value = sought[field] ?? null;
      return bases[field] ?? { local: value, remote: value };
    });
  });
}

function compileLists(fields: readonly MappedField[]): CompiledList[] {
  const lists = Map.groupBy(fields, (mapped) => mapped.path.list);
  return [...lists].map(([name, members]) => {
    const slots = [...Map.groupBy(members, ({ path }) => path.selector)].map(([selector, sharing]) => ({
      ...(selector !== undefined && { selector }),
      fields: sharing.map(({ field, path }) => ({ field, subfield: path.subfield, kind: path.kind })),
    }));
    slots.sort((a, b) => compareSelectors(a.selector, b.selector));
    return { name, spec: PERSON_LISTS[name] as LensList['spec'], slots };
  });
}

/** Selectors by code unit, none last: the outcome doesn't depend on the order of the mappings. */
function compareSelectors(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
  return a < b ? -1 : 1;
}
