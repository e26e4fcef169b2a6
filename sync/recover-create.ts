// Rule 13: a create whose answer is unknown is found again by its marker, and never simply sent again.
import { PERSON_LISTS } from './field-path.ts';
import { writablePart } from './former-person.ts';
import { identityOf } from './lens.ts';
import { elementsOf, type Person, type PersonWithName } from './person.ts';

export interface OpenCreate {
  sentAtMs: number;
  /** All live contacts that carry the op's marker, in this listing or known from before. */
  carriers: readonly MarkerCarrier[];
  /** The listing that was searched. */
  listing: { kind: 'full' | 'incremental'; complete: boolean; startedAtMs: number };
  /** Rule 13's D in milliseconds, default 15 min. */
  graceMs: number;
}

export interface MarkerCarrier {
  person: PersonWithName;
  linked: boolean;
  /** Tied to another Harmony contact, or made by another open create, too: a person merged both (rule 17). */
  merged: boolean;
  /** Still exactly what the create sent (the caller compares with `isUntouched`). */
  untouched: boolean;
}

export type CreateRecovery =
  | { action: 'adopt'; keep: string; remove: string[]; review: string[] }
  | { action: 'review'; candidates: string[] }
  | { action: 'resend' }
  | { action: 'wait' };

/**
 * `adopt` keeps one contact: a linked one, else the least resource name, whatever the order. `remove` are untouched
 * doubles, `review` the others. The action `review` is for a contact whose create was merged into another's `candidates`:
 * a person decides. `resend` needs a complete full listing that began at least D after the send.
 */
export function recoverCreate({ sentAtMs, carriers, listing, graceMs }: OpenCreate): CreateRecovery {
  const free = carriers.filter(({ merged }) => !merged);
  const sorted = free.toSorted(
    (a, b) => Number(b.linked) - Number(a.linked) || (a.person.resourceName < b.person.resourceName ? -1 : 1),
  );
  const [kept, ...doubles] = sorted;
  if (kept) {
    const spare = doubles.filter((double) => double.untouched && !double.linked);
    const touched = doubles.filter((double) => !double.untouched || double.linked);
    return {
      action: 'adopt',
      keep: kept.person.resourceName,
      remove: spare.map(nameOf),
      review: touched.map(nameOf),
    };
  }
  if (carriers.length > 0) return { action: 'review', candidates: carriers.map(nameOf).sort() };
  const provesAbsence =
    listing.kind === 'full' && listing.complete && listing.startedAtMs >= sentAtMs + graceMs;
  return { action: provesAbsence ? 'resend' : 'wait' };
}

function nameOf({ person }: MarkerCarrier): string {
  return person.resourceName;
}

/** Which groups it is in, and what is ours: no work of somebody who edited it. */
const BESIDE = new Set(['clientData', 'memberships']);

/** Whether the contact still holds exactly what the create sent, with its labels, in all lists that are read. */
export function isUntouched(person: Person, body: Person): boolean {
  // What Google derives is nobody's work, either.
  const [made, sent] = [writablePart(person), writablePart(body)];
  const lists = [...new Set([...Object.keys(made), ...Object.keys(sent)])];
  return lists.every((list) => BESIDE.has(list) || contentOf(made, list) === contentOf(sent, list));
}

function contentOf(person: Person, list: string): string {
  const spec = PERSON_LISTS[list];
  const contents = elementsOf(person, list).map((element) => {
    if (spec === undefined) return JSON.stringify(Object.entries({ ...element, metadata: undefined }).sort());
    const label = spec.selector === 'type' ? (element.type ?? '').trim().toLowerCase() : '';
    return `${identityOf(spec, element)}\u001f${label}`;
  });
  return contents.sort().join('\n');
}
