// Rule 10: the bases after a remote write that arrived are the answer's values, never what was merely sent.
import { type ContactFields, isBlank, sameValue } from './contact-fields.ts';
import type { CompiledMapping, FieldBases, MappedField } from './map-contact.ts';
import { withBesides } from './merge-fields.ts';
import type { Person } from './person.ts';
import { isUntouched } from './recover-create.ts';

export interface Acknowledgement {
  mapping: CompiledMapping;
  /** The link's bases before the write; none on a create. */
  bases: FieldBases;
  /** The operation's `sent`. */
  sent: ContactFields;
  /** The request's body. */
  body: Person;
  /** The person in the answer. */
  answer: Person;
}

/** All bases of the link after the ack; fields that weren't sent keep theirs, and a blank one of a list that was its siblings. */
export function basesFromAck({ mapping, bases, sent, body, answer }: Acknowledgement): FieldBases {
  const expected: FieldBases = { ...bases };
  const sentFields = mapping.fields.filter(({ field }) => sent[field] !== undefined);
  for (const { field } of sentFields) {
    const value = sent[field] ?? null;
    expected[field] = { local: value, remote: value };
  }
  // Where Google normalised a value past recognition, it stands in the element that wasn't a sibling in the request;
  // after a clear all that the request holds are siblings.
  const normalised: FieldBases = { ...expected };
  for (const { field } of sentFields) {
    const isCleared = isBlank(sent[field]);
    const besides = mapping.siblingsOf(body, field, isCleared ? undefined : expected);
    normalised[field] = { local: null, remote: null, besides };
  }
  const exact = mapping.readPerson(answer, expected);
  const nearest = mapping.readPerson(answer, normalised);
  const isExact = ({ field, kind }: MappedField): boolean => sameValue(kind, exact[field], sent[field]);
  // One value that came back as it was sent tells the element of those that share it.
  const told = new Set(
    sentFields.filter((mapped) => !isBlank(sent[mapped.field]) && isExact(mapped)).map(slotOf),
  );
  const next: FieldBases = { ...bases };
  for (const mapped of sentFields) {
    const { field } = mapped;
    const local = sent[field] ?? null;
    const isFound = isExact(mapped) || told.has(slotOf(mapped));
    const remote = (isFound ? exact : nearest)[field] ?? null;
    next[field] = withBesides(mapping, field, answer, { local, remote });
  }
  // A sibling that came since a blank was agreed on moves up where the write took away the element before it.
  const lists = new Set(sentFields.map(({ path }) => path.list));
  for (const { field, path } of mapping.fields) {
    const base = next[field];
    if (base === undefined || sent[field] !== undefined || !lists.has(path.list)) continue;
    const { local, remote } = base;
    next[field] = withBesides(mapping, field, answer, { local, remote });
  }
  return next;
}

/**
 * What an update whose answer was lost is seen to have brought: fields that hold what was sent, and no longer what both sides
 * had agreed on, with blank ones of the same lists. Without it our own value would count as an edit at the provider. `answer` is the
 * person as read since.
 */
export function basesOfLostUpdate(lost: Acknowledgement): FieldBases {
  const { mapping, bases, sent, body, answer } = lost;
  const before = mapping.readPerson(answer, bases);
  const acked = basesFromAck(lost);
  const arrived: FieldBases = {};
  for (const { field, kind } of mapping.fields) {
    const base = bases[field];
    const next = acked[field];
    if (next === undefined || sent[field] === undefined) continue;
    const isAsBefore = base !== undefined && sameValue(kind, before[field], base.remote);
    if (!isAsBefore && sameValue(kind, next.remote, sent[field])) arrived[field] = next;
  }
  // As after an ack, but by the request: what came there since is no sibling that moved up.
  const lists = new Set(
    mapping.fields.filter(({ field }) => arrived[field] !== undefined).map(({ path }) => path.list),
  );
  for (const { field, path } of mapping.fields) {
    const base = sent[field] === undefined && lists.has(path.list) ? bases[field] : undefined;
    if (base !== undefined && isBlank(base.remote)) arrived[field] = withBesides(mapping, field, body, base);
  }
  return arrived;
}

/**
 * The bases of a contact that a create made whose answer was lost. What somebody changed there since, which `answer` shows, is
 * an edit. A field that the mappings have elsewhere by now has none.
 */
export function basesOfLostCreate(lost: Acknowledgement): FieldBases {
  const { mapping, bases, sent, body } = lost;
  const answer = isUntouched(lost.answer, body) ? lost.answer : body;
  const acked = basesFromAck({ ...lost, answer });
  const expected: FieldBases = { ...bases };
  for (const { field } of mapping.fields) {
    const value = sent[field];
    if (value !== undefined) expected[field] = { local: value, remote: value };
  }
  const made = mapping.readPerson(body, expected);
  const agreed: FieldBases = {};
  for (const { field, kind } of mapping.fields) {
    const base = expected[field];
    const next = acked[field];
    if (base && next && sameValue(kind, made[field], base.remote)) agreed[field] = next;
  }
  return agreed;
}

const slotOf = ({ path: { list, selector } }: MappedField): string => `${list}[${selector ?? ''}]`;
