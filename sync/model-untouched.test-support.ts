// Invariant 3 to the byte, in the model tests: what a write may change of a person at Google, and what it must leave as it was.
import { canonicalize } from './contact-fields.ts';
import { PERSON_LISTS, type PersonListSpec } from './field-path.ts';
import { getSubfield } from './lens.ts';
import type { MappedField } from './map-contact.ts';
import { elementsOf, type Person, type PersonElement } from './person.ts';

/** What Google says of a contact itself, and the marker of a create. */
const ABOUT = new Set(['resourceName', 'etag', 'metadata', 'clientData']);

/**
 * What the write changed beyond the mapped subfields of one element for each field (rule 9): siblings and their order,
 * labels, other subfields, lists that are not mapped; an empty list is none. `pushed`: the fields that go to Google.
 * Undefined where there is nothing.
 */
export function findTouched(
  pushed: readonly MappedField[],
  before: Person,
  after: Person,
): string | undefined {
  const lists = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...lists].find((list) => {
    if (ABOUT.has(list)) return false;
    const open = pushed.filter(({ path }) => path.list === list);
    return open.length === 0
      ? JSON.stringify(elementsOf(before, list)) !== JSON.stringify(elementsOf(after, list))
      : isTouched(open, elementsOf(before, list), elementsOf(after, list));
  });
}

function isTouched(
  open: readonly MappedField[],
  before: readonly PersonElement[],
  after: readonly PersonElement[],
): boolean {
  const spec = PERSON_LISTS[open[0]?.path.list ?? ''] as PersonListSpec;
  const mapped = new Set([...open.map(({ path }) => path.subfield), ...(spec.derived ?? [])]);
  const selectors = new Set(open.map(({ path }) => path.selector));
  const { gone, fresh } = align(before, after);
  // One that is on both sides has moved.
  if (fresh.some((element) => gone.map(toText).includes(toText(element)))) return true;
  const made = [...fresh];
  const removed = gone.filter((element) => {
    const at = made.findIndex(
      (other) => toText(restOf(element, { spec, mapped, other })) === toText(without(other, mapped)),
    );
    if (at >= 0) made.splice(at, 1);
    return at < 0;
  });
  const changes = Math.max(gone.length, fresh.length, removed.length + fresh.length);
  return (
    changes > selectors.size ||
    removed.some((element) => !mayGo(spec, mapped, element)) ||
    made.some((element) => !mayCome(spec, selectors, without(element, mapped)))
  );
}

/** What is not mapped; without what said the same as a value that another one has taken the place of. */
function restOf(
  element: PersonElement,
  { spec, mapped, other }: { spec: PersonListSpec; mapped: ReadonlySet<string>; other: PersonElement },
): PersonElement {
  const { main = '', restated = [] } = spec;
  const isReplaced =
    mapped.has(main) &&
    element[main] !== undefined &&
    toText({ at: element[main] }) !== toText({ at: other[main] });
  return without(element, new Set([...mapped, ...(isReplaced ? restated : [])]));
}

/** A clear of the main subfield takes the element along; elsewhere it goes once nothing but its label is left. */
function mayGo(spec: PersonListSpec, mapped: ReadonlySet<string>, element: PersonElement): boolean {
  if (spec.main !== undefined) return mapped.has(spec.main);
  const rest = without(element, new Set([...mapped, 'metadata', spec.selector ?? '']));
  return Object.keys(rest).length === 0;
}

/** A new element has the label of its field, and nothing that is not mapped. */
function mayCome(
  spec: PersonListSpec,
  selectors: ReadonlySet<string | undefined>,
  rest: PersonElement,
): boolean {
  return [...selectors].some((selector) => {
    const wanted = selector === undefined || !spec.selector ? {} : { [spec.selector]: selector };
    return toText(rest) === toText(wanted);
  });
}

/** What is left on each side of the longest run of elements, in their order, that both lists have just so. */
function align(
  before: readonly PersonElement[],
  after: readonly PersonElement[],
): { gone: readonly PersonElement[]; fresh: readonly PersonElement[] } {
  const [first, ...others] = before;
  const [firstNow, ...othersNow] = after;
  if (first === undefined || firstNow === undefined) return { gone: before, fresh: after };
  if (toText(first) === toText(firstNow)) return align(others, othersNow);
  const went = align(others, after);
  const came = align(before, othersNow);
  return went.gone.length < came.gone.length
    ? { gone: [first, ...went.gone], fresh: went.fresh }
    : { gone: came.gone, fresh: [firstNow, ...came.fresh] };
}

/** With its values in canonical form: what a respelling leaves as it is. */
export const spelledAlike = (person: Person): Person =>
  Object.fromEntries(
    Object.entries(person).map(([list, content]) => {
      const spec = PERSON_LISTS[list];
      if (spec === undefined) return [list, content];
      const canonical = elementsOf(person, list).map((element) => {
        const values = Object.entries(spec.subfields).flatMap(([subfield, kind]) =>
          subfield in element
            ? [[subfield, canonicalize(kind, getSubfield(element, { subfield, kind }))]]
            : [],
        );
        return { ...element, ...Object.fromEntries(values) };
      });
      return [list, canonical];
    }),
  );

const without = (element: PersonElement, names: ReadonlySet<string>): PersonElement =>
  Object.fromEntries(Object.entries(element).filter(([name]) => !names.has(name)));

/** Whatever the order of its subfields. */
const toText = (element: PersonElement): string =>
  JSON.stringify(Object.entries(element).sort(([a], [b]) => (a < b ? -1 : 1)));
