// Rule 9: a scalar field is a lens into one element of a multi-valued list. This file finds that element and
// replaces or clears subfields inside it; siblings and other subfields are returned untouched.
import { canonicalize, type FieldKind, type FieldValue, isBlank } from './contact-fields.ts';
import { canonicalSelector, type PersonListSpec } from './field-path.ts';
import { formatPartialDate, type PartialDate, parsePartialDate } from './partial-date.ts';
import { isContactSource, type PersonElement } from './person.ts';

/** What both sides held at the last agreement; a pair, so that a provider's normalisation cannot ping-pong. */
export interface FieldBase {
  local: FieldValue;
  remote: FieldValue;
  /** Beside a blank `remote`: the siblings (`identityOf`) that stood there then and must not slip into its place. */
  besides?: readonly string[];
  /** A blank `remote` that gave way to another account's value, `local`: no agreement once it may be filled. */
  gaveWay?: true;
}

export interface LensField {
  subfield: string;
  kind: FieldKind;
}

/** Fields that share one element: same list, same selector (title, name and department of one employer). */
export interface Slot {
  selector?: string;
  fields: readonly LensField[];
}

export interface LensList {
  spec: PersonListSpec;
  /** Slots with a selector come first, so that they choose first. */
  slots: readonly Slot[];
}

/** Aligned with `Slot.fields`; undefined where no base exists yet. */
export type SlotBases = readonly (FieldBase | undefined)[];

const NONE = -1;
const NO_BASES: SlotBases = [];
/** More than a slot has fields, so that a lower rank never outweighs a higher one. */
const RANK_BASE = 16;

/**
 * For each slot the index of the element that it means, or -1: the element that matches baseRemote, else the
 * configured label, else the primary. No element serves two slots, so that two fields never write the same one.
 * `sought`: of slots in which nothing is agreed on of some field, what Harmony has, beside the bases; it comes after a label.
 */
export function resolveSlots(
  list: LensList,
  elements: readonly PersonElement[],
  bases?: readonly SlotBases[],
  sought?: readonly (SlotBases | undefined)[],
): number[] {
  const { spec, slots } = list;
  if (slots.length === 1 && isOnlyChoice(list, elements, bases?.[0])) return [0];
  const chosen = slots.map(() => NONE);
  const isFree = (index: number) => !chosen.includes(index) && isContactSourced(elements[index]);
  const findAgreeing = (
    at: number,
    known: readonly (SlotBases | undefined)[] = [],
    isEligible = isFree,
  ): number => {
    const of = known[at];
    if (of === undefined) return NONE;
    const claimOf = (index: number): number => {
      const element = elements[index] as PersonElement;
      const claims = slots.map((other, its) => {
        if (its === at || chosen[its] !== NONE) return 0;
        const filled = agreementOf(other, known[its] ?? NO_BASES, element).filled;
        return filled + Number(hasSelector(spec, other, element));
      });
      return Math.max(...claims);
    };
    return findByBase({ spec, slot: slots[at] as Slot, elements, bases: of, isFree: isEligible, claimOf });
  };
  // Where two fields had one value, each keeps the element of its own label.
  const chooseAgreeing = (known?: readonly (SlotBases | undefined)[]) => {
    for (const isOwnLabel of [true, false]) {
      slots.forEach((slot, at) => {
        if (chosen[at] !== NONE || (isOwnLabel && slot.selector === undefined)) return;
        const index = findAgreeing(at, known);
        if (index === NONE || (isOwnLabel && !hasSelector(spec, slot, elements[index] as PersonElement)))
          return;
        chosen[at] = index;
      });
    }
  };

  chooseAgreeing(bases);
  slots.forEach((slot, at) => {
    if (chosen[at] !== NONE || slot.selector === undefined) return;
    const isNew = exceptBesides(spec, elements, bases?.[at]);
    const isLabelled = (index: number): boolean =>
      hasSelector(spec, slot, elements[index] as PersonElement) && isFree(index) && isNew(index);
    chosen[at] = findAgreeing(at, sought, isLabelled);
    if (chosen[at] === NONE) chosen[at] = elements.findIndex((_, index) => isLabelled(index));
  });
  chooseAgreeing(sought);
  for (let at = slots.length - 1; at >= 0; at--) {
    if (chosen[at] !== NONE) continue;
    const slot = slots[at] as Slot;
    if (spec.selector === 'key') continue;
    const isNew = exceptBesides(spec, elements, bases?.[at]);
    const primary = primaryOf(elements);
    if (primary !== NONE && isFree(primary) && isNew(primary)) chosen[at] = primary;
    else if (slot.selector === undefined) {
      chosen[at] = elements.findIndex((_, index) => isFree(index) && isNew(index));
    }
  }
  return chosen;
}

/** Most contacts have one element in a list: base, label and primary then all lead to it. This is the hot path. */
function isOnlyChoice(
  { spec }: LensList,
  elements: readonly PersonElement[],
  bases: SlotBases = NO_BASES,
): boolean {
  if (elements.length !== 1 || spec.selector === 'key') return false;
  return isContactSourced(elements[0]) && bases.every((base) => base?.besides === undefined);
}

/** The field's value inside an element; null where it is blank or there is no element. */
export function getSubfield(element: PersonElement | undefined, field: LensField): FieldValue {
  const value = element?.[field.subfield];
  if (typeof value === 'string') return isBlank(value) ? null : value;
  if (field.kind === 'date' && value) return formatPartialDate(value as PartialDate);
  return null;
}

export interface SlotWrite {
  slot: Slot;
  /** From `resolveSlots`. */
  elementIndex: number;
  /** Aligned with `slot.fields`; undefined leaves the field as it is, null clears it. */
  values: readonly (FieldValue | undefined)[];
}

/** The list with the writes applied: inside their elements, or in a new element where a slot has none. */
export function putSlots(
  spec: PersonListSpec,
  elements: readonly PersonElement[],
  writes: readonly SlotWrite[],
): PersonElement[] {
  const replaced: (PersonElement | undefined)[] = [...elements];
  for (const write of writes) {
    const next = putElement(spec, elements[write.elementIndex], write);
    if (write.elementIndex === NONE) replaced.push(next);
    else replaced[write.elementIndex] = next;
  }
  return replaced.filter((element) => element !== undefined);
}

/** Whether Google's Person can hold the value at all; only dates can fail. */
export function isStorable(kind: FieldKind, value: FieldValue): boolean {
  return kind !== 'date' || isBlank(value) || parsePartialDate(value as string) !== undefined;
}

/** What tells an element from its siblings: its key, where it has one, and its mappable subfields, canonical. */
export function identityOf(spec: PersonListSpec, element: PersonElement): string {
  const values = Object.entries(spec.subfields).map(([subfield, kind]) =>
    canonicalize(kind, getSubfield(element, { subfield, kind })),
  );
  return (spec.selector === 'key' ? [element.key, ...values] : values).join('\u001f');
}

/** Undefined where the element goes. A value equal to the present one changes nothing (GetPut). */
function putElement(
  spec: PersonListSpec,
  element: PersonElement | undefined,
  { slot, values }: SlotWrite,
): PersonElement | undefined {
  const changes = slot.fields.flatMap((field, at) => {
    const value = values[at];
    return value === undefined || value === getSubfield(element, field) ? [] : [{ field, value }];
  });
  if (changes.length === 0) return element;
  const next: PersonElement = { ...(element ?? newElement(spec, slot)) };
  for (const derived of spec.derived ?? []) delete next[derived];
  // What stands in place of no value is a value of its own: a birthday in words alone, say.
  const isReplaced = changes.some(
    ({ field }) => field.subfield === spec.main && getSubfield(element, field) !== null,
  );
  if (isReplaced) for (const restated of spec.restated ?? []) delete next[restated];
  for (const { field, value } of changes) {
    if (isBlank(value)) {
      if (field.subfield === spec.main) return undefined;
      delete next[field.subfield];
    } else next[field.subfield] = field.kind === 'date' ? toDate(value as string) : value;
  }
  return Object.keys(next).some((name) => !MERE.has(name) && next[name] !== undefined) ? next : undefined;
}

/** What says nothing by itself: an element goes once nothing else is left in it. */
const MERE: ReadonlySet<string> = new Set(['metadata', 'type', 'formattedType', 'current']);

function newElement(spec: PersonListSpec, slot: Slot): PersonElement {
  return spec.selector && slot.selector !== undefined ? { [spec.selector]: slot.selector } : {};
}

function toDate(text: string): PartialDate {
  const date = parsePartialDate(text);
  if (!date) throw new RangeError('not a calendar date; ask isStorable first');
  return date;
}

interface BaseMatch {
  spec: PersonListSpec;
  slot: Slot;
  elements: readonly PersonElement[];
  bases: SlotBases;
  isFree: (index: number) => boolean;
  /** In how many values, its label included, another slot agrees with it, too. */
  claimOf: (index: number) => number;
}

/**
 * The free element that agrees with the most base values; ties go to the one that also agrees in what is blank, then
 * to the same spelling, the label, the one that other slots agree with the least, the primary, the first.
 */
function findByBase({ spec, slot, elements, bases, isFree, claimOf }: BaseMatch): number {
  const isBlankBase = slot.fields.every((field, at) => canonicalize(field.kind, bases[at]?.remote) === '');
  if (isBlankBase) return NONE;
  const primary = primaryOf(elements);
  let best = NONE;
  let bestScore = 0;
  elements.forEach((element, index) => {
    if (!isFree(index) || (spec.selector === 'key' && !hasSelector(spec, slot, element))) return;
    const { filled, agreeing, spelledAlike } = agreementOf(slot, bases, element);
    if (filled === 0) return;
    const ranks = [filled, agreeing, spelledAlike, Number(hasSelector(spec, slot, element))];
    ranks.push(RANK_BASE - 1 - claimOf(index), Number(index === primary));
    const score = ranks.reduce((sum, rank) => sum * RANK_BASE + rank, 0);
    if (score > bestScore) {
      best = index;
      bestScore = score;
    }
  });
  return best;
}

/** In how many values an element agrees with the bases, blank ones included; in how many that are not blank. */
function agreementOf(
  { fields }: Slot,
  bases: SlotBases,
  element: PersonElement,
): { filled: number; agreeing: number; spelledAlike: number } {
  const agreement = { filled: 0, agreeing: 0, spelledAlike: 0 };
  fields.forEach((field, at) => {
    const raw = bases[at]?.remote;
    if (raw === undefined) return;
    const present = getSubfield(element, field);
    const value = canonicalize(field.kind, raw);
    if (canonicalize(field.kind, present) !== value) return;
    agreement.agreeing += 1;
    if (value !== '') agreement.filled += 1;
    if (present === raw) agreement.spelledAlike += 1;
  });
  return agreement;
}

/** After a deliberate clear the remaining siblings don't move up; an element that came since does count. */
function exceptBesides(
  spec: PersonListSpec,
  elements: readonly PersonElement[],
  bases: SlotBases = NO_BASES,
): (index: number) => boolean {
  const besides = bases.flatMap((base) => base?.besides ?? []);
  if (besides.length === 0 || bases.some((base) => base && !isBlank(base.remote))) return () => true;
  return (index) => !besides.includes(identityOf(spec, elements[index] as PersonElement));
}

function hasSelector(spec: PersonListSpec, slot: Slot, element: PersonElement): boolean {
  if (!spec.selector || slot.selector === undefined) return false;
  const label = element[spec.selector];
  if (typeof label !== 'string') return false;
  return label === slot.selector || canonicalSelector(label, spec) === canonicalSelector(slot.selector, spec);
}

/** `primary` is across sources, `sourcePrimary` within one; without either, the first contact-sourced element. */
function primaryOf(elements: readonly PersonElement[]): number {
  let first = NONE;
  for (let index = 0; index < elements.length; index++) {
    const element = elements[index];
    if (!isContactSourced(element)) continue;
    if (element?.metadata?.primary || element?.metadata?.sourcePrimary) return index;
    if (first === NONE) first = index;
  }
  return first;
}

/** Elements of a profile or a domain show beside the contact's own, but a contact update ignores them. */
export function isContactSourced(element: PersonElement | undefined): boolean {
  const type = element?.metadata?.source?.type;
  return type === undefined || isContactSource(type);
}
