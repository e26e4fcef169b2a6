// Invariant 3 to the byte, in the model tests: what a write may change of a person at Google, and what it must leave as it was.
import { PERSON_LISTS, type PersonListSpec } from './field-path.ts';
import type { MappedField } from './map-contact.ts';
import { elementsOf, type Person, type PersonElement } from './person.ts';

/** What Google says of a contact itself, and the marker of a create. */
const ABOUT = new Set(['resourceName', 'etag', 'metadata', 'clientData']);

/**
 * What the write changed beyond the mapped subfields of one element for each field (rule 9): siblings and their order,
 * labels, other subfields, lists that are not mapped. `pushed`: the fields that go to Google. Undefined where there is nothing.
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
      ? JSON.stringify(before[list]) !== JSON.stringify(after[list])
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
  const [kept, gone] = part(before, after);
  const [keptNow, fresh] = part(after, before);
  if (kept.map(toText).join() !== keptNow.map(toText).join()) return true;
  const made = [...fresh];
  const removed = gone.filter((element) => {
    const rest = toText(without(element, mapped));
    const at = made.findIndex((other) => toText(without(other, mapped)) === rest);
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

/** Those that the other list has just so, as often as it has them, and all others. */
function part(
  elements: readonly PersonElement[],
  others: readonly PersonElement[],
): [PersonElement[], PersonElement[]] {
  const left = others.map(toText);
  const [same, different]: [PersonElement[], PersonElement[]] = [[], []];
  for (const element of elements) {
    const at = left.indexOf(toText(element));
    if (at >= 0) left.splice(at, 1);
    (at >= 0 ? same : different).push(element);
  }
  return [same, different];
}

const without = (element: PersonElement, names: ReadonlySet<string>): PersonElement =>
  Object.fromEntries(Object.entries(element).filter(([name]) => !names.has(name)));

/** Whatever the order of its subfields. */
const toText = (element: PersonElement): string =>
  JSON.stringify(Object.entries(element).sort(([a], [b]) => (a < b ? -1 : 1)));
