// One contact, one agreement, perturbed into three (base, Harmony, Google): 20,000 cases of a single plan.
import fc from 'fast-check';
import { it } from 'vitest';
import { basesFromAck } from './acknowledge.ts';
import { anyDirection, anyMappings, anyPerson, anyValue, runSettings } from './arbitraries.test-support.ts';
import {
  CONTACT_FIELD_NAMES,
  type ContactFields,
  type FieldName,
  type FieldValue,
  isBlank,
  sameValue,
} from './contact-fields.ts';
import { combineDirections, mayPull, mayPush } from './direction.ts';
import { getSubfield } from './lens.ts';
import { type CompiledMapping, compileMapping, type FieldBases, type MappedField } from './map-contact.ts';
import { type PlanSettings, soughtOf } from './merge-fields.ts';
import type { ContactLink, ContactPlan, LocalContact, RemoteCreate, RemoteUpdate } from './operations.ts';
import { elementsOf, MARKER_KEY, type Person, type PersonElement } from './person.ts';
import { planContact } from './plan-contact.ts';
import type { ConflictPolicy } from './plan-field.ts';

const anyEdits = fc
  .array(
    fc
      .constantFrom<FieldName>(...CONTACT_FIELD_NAMES)
      .chain((field) => anyValue(field).map((value) => [field, value] as const)),
    { maxLength: 3 },
  )
  .map((edits): ContactFields => Object.fromEntries(edits));

const anyTree = fc.record({
  mappings: anyMappings,
  direction: anyDirection,
  policy: fc.constantFrom<ConflictPolicy>('newest', 'harmony', 'provider'),
  person: anyPerson,
  localEdits: anyEdits,
  remoteEdits: anyEdits,
  forgotten: fc.subarray<FieldName>([...CONTACT_FIELD_NAMES], { maxLength: 3 }),
  isLocalNewer: fc.boolean(),
});
type Tree = typeof anyTree extends fc.Arbitrary<infer T> ? T : never;

interface Triple {
  settings: PlanSettings;
  local: LocalContact;
  link: ContactLink;
  person: Person;
}

function perturb(tree: Tree): Triple {
  const mapping = compileMapping(tree.mappings);
  const agreed = mapping.readPerson(tree.person);
  const bases: FieldBases = {};
  for (const { field, direction } of mapping.fields) {
    const value = agreed[field] ?? null;
    if (tree.forgotten.includes(field) || combineDirections(tree.direction, direction) === 'none') continue;
    const besides = value === null ? mapping.siblingsOf(tree.person, field) : [];
    bases[field] = { local: value, remote: value, ...(besides.length > 0 && { besides }) };
  }
  const remoteEdits = Object.fromEntries(
    Object.entries(tree.remoteEdits).filter(([, value]) => value !== 'not a date'),
  );
  const updateTime = tree.isLocalNewer ? '2026-01-01T00:00:00.5Z' : '2026-01-03T00:00:00Z';
  const metadata = { sources: [{ type: 'CONTACT', etag: 'e1', updateTime }] };
  const edited = { ...tree.person, ...mapping.writePerson(tree.person, remoteEdits, bases).lists };
  const hasEdits = Object.keys(tree.localEdits).length > 0;
  return {
    settings: { mapping, direction: tree.direction, policy: tree.policy },
    local: {
      id: 'con_1',
      version: hasEdits ? 2 : 1,
      fields: { ...agreed, ...tree.localEdits },
      editedAt: '2026-01-02T00:00:00Z',
    },
    link: { contactId: 'con_1', resourceName: 'people/c1', localVersion: 1, bases },
    person: { ...edited, resourceName: 'people/c1', etag: 'p1', metadata },
  };
}

function planTriple({ settings, local, link, person }: Triple): ContactPlan {
  return planContact(settings, { local, link, remote: { state: 'live', person } });
}

/** The state after both sides took the plan's writes and the answers were acked. */
function apply(triple: Triple, plan: ContactPlan): Triple {
  const { mapping } = triple.settings;
  const next = { ...triple, local: { ...triple.local }, link: { ...triple.link } };
  for (const operation of plan.operations) {
    if (operation.kind === 'update_local') {
      next.local.fields = { ...next.local.fields, ...operation.fields };
      next.local.version++;
    }
    if (operation.kind === 'update_local' || operation.kind === 'rebase') {
      next.link.bases = { ...next.link.bases, ...operation.bases };
    }
    if (operation.kind === 'update_remote') {
      const { sent, body } = operation;
      const lists = Object.fromEntries(operation.mask.map((list) => [list, body[list]]));
      const answer: Person = { ...next.person, ...lists };
      next.link.bases = basesFromAck({ mapping, bases: next.link.bases, sent, body, answer });
      next.person = answer;
    }
    next.link.localVersion = next.local.version;
  }
  return next;
}

function unequalFields(
  mapping: CompiledMapping,
  { settings, local, link, person }: Triple,
  parked: Set<unknown>,
) {
  const values = mapping.readPerson(person, link.bases);
  return mapping.fields.filter(({ field, kind, direction }) => {
    const effective = combineDirections(settings.direction, direction);
    const source = mayPush(effective) ? local.fields[field] : values[field];
    const isBlankSource = effective !== 'both' && isBlank(source) && !link.bases[field];
    if (effective === 'none' || isBlankSource || parked.has(field)) return false;
    return !sameValue(kind, local.fields[field], values[field]);
  });
}

/** Cheaper than `expect`, of which 20,000 cases would call a million. */
function ensure(condition: unknown, what: string): void {
  if (!condition) throw new Error(what);
}

/** What a plan may not do, whatever came before: go against a direction, or let a value go that nobody knows of. */
function checkPlan(before: Triple, plan: ContactPlan, after: Triple): void {
  const { mapping, direction } = before.settings;
  const update = findUpdate(plan);
  ensure(
    !update || update.body.metadata?.sources?.[0]?.etag === 'e1',
    'rule 12: the etag that was read is sent',
  );
  // As the plan reads it: an element that has what Harmony has is the one, where nothing is agreed on.
  const sought = soughtOf(before.settings, before.local);
  const former = mapping.readPerson(before.person, before.link.bases, sought);
  const final = mapping.readPerson(after.person, after.link.bases);
  for (const mapped of mapping.fields) {
    const { field, kind } = mapped;
    const effective = combineDirections(direction, mapped.direction);
    const local = before.local.fields[field];
    const remote = former[field];
    const base = before.link.bases[field];
    const isPulled = !sameValue(kind, local, after.local.fields[field]);
    // A field beside one that was sent may now be read from a sibling, which held all along what it holds now.
    const isKept = isHeld(after.person, mapped, remote) && isHeld(before.person, mapped, final[field]);
    const isPushed = !sameValue(kind, remote, final[field]) && (update?.sent[field] !== undefined || !isKept);
    ensure(!isPulled || mayPull(effective), '4: pulled against the direction');
    ensure(update?.sent[field] === undefined || mayPush(effective), '4: sent against the direction');
    // Without any direction there is no base either, and the value is read from wherever the primary then is.
    ensure(!isPushed || mayPush(effective) || effective === 'none', '4: pushed against the direction');
    if (effective === 'none') continue;
    const logged = plan.conflicts.filter((entry) => entry.field === field);
    const isLocalKept = !isPulled || isBlank(local) || (base && sameValue(kind, local, base.local));
    const isRemoteKept = !isPushed || isBlank(remote) || (base && sameValue(kind, remote, base.remote));
    ensure(isLocalKept || logged.some((entry) => entry.local === local), '2: lost a value of Harmony');
    ensure(isRemoteKept || logged.some((entry) => entry.remote === remote), '2: lost a value of Google');
    ensure(base || !isPulled || !isBlank(remote), 'rule 8: a blank won without a base');
    ensure(base || !isPushed || !isBlank(local), 'rule 8: a blank won without a base');
  }
}

function findUpdate(plan: ContactPlan): RemoteUpdate | undefined {
  return plan.operations.find((operation): operation is RemoteUpdate => operation.kind === 'update_remote');
}

function isHeld(person: Person, { path, kind }: MappedField, value: FieldValue | undefined): boolean {
  const held = elementsOf(person, path.list).map((element) => getSubfield(element, path));
  return isBlank(value) || held.some((other) => sameValue(kind, other, value));
}

const isOpen = (plan: ContactPlan) => plan.operations.some(({ kind }) => kind !== 'park');

/**
 * A write that removes an element, or makes it equal to a sibling, may have the fields beside it read from another one,
 * which is then planned for itself. Nothing else may be left for a second plan, and nothing at all for a third.
 */
function checkSecond(first: ContactPlan, second: ContactPlan, mapping: CompiledMapping): void {
  const update = findUpdate(first);
  const beside = mapping.fields.filter(
    ({ field, path }) => update?.mask.includes(path.list) && update.sent[field] === undefined,
  );
  const movable = new Set(beside.map(({ field }) => field));
  for (const operation of second.operations) {
    const touched =
      operation.kind === 'update_local' || operation.kind === 'rebase'
        ? Object.keys(operation.bases)
        : undefined;
    const isMoved = touched?.length && touched.every((field) => movable.has(field as FieldName));
    ensure(operation.kind === 'park' || isMoved, '5, 12: a second plan goes on writing');
  }
}

it('one plan brings both sides together, loses nothing unlogged, keeps the direction and is done', {
  timeout: 120_000,
}, () => {
  fc.assert(
    fc.property(anyTree, (tree) => {
      const before = perturb(tree);
      const { mapping } = before.settings;
      const plan = planTriple(before);
      let after = apply(before, plan);
      checkPlan(before, plan, after);
      const second = planTriple(after);
      if (isOpen(second)) {
        checkSecond(plan, second, mapping);
        const moved = apply(after, second);
        checkPlan(after, second, moved);
        after = moved;
      }
      const last = planTriple(after);
      ensure(!isOpen(last), '5, 12: a third plan writes');
      const parked = new Set(
        last.operations.map((operation) => operation.kind === 'park' && operation.field),
      );
      ensure(unequalFields(mapping, after, parked).length === 0, '1: equal at rest');
    }),
    runSettings(20_000),
  );
});

/** What no mapping of these tests reads, and what Google alone writes. */
const anyUnmapped: fc.Arbitrary<Person> = fc.record(
  {
    relations: fc.constant([{ person: 'Byron', type: 'father', formattedType: 'Father' }]),
    imClients: fc.constant([{ username: 'ada', protocol: 'jabber', formattedProtocol: 'Jabber' }]),
    clientData: fc.constant([
      { key: MARKER_KEY, value: 'op_1' },
      { key: 'crm', value: '7' },
    ]),
    photos: fc.constant([{ url: 'https://photo' }]),
  },
  { requiredKeys: [] },
);

/** The elements of a list that are the contact's own, as a create may send them. */
function ownOf(person: Person, list: string): string[] {
  if (list === 'memberships' || list === 'photos') return [];
  return elementsOf(person, list)
    .filter(({ metadata, key }) => metadata?.source?.type !== 'PROFILE' && key !== MARKER_KEY)
    .map(({ metadata, formattedType, formattedProtocol, ...element }: PersonElement) =>
      JSON.stringify(element),
    )
    .sort();
}

it('a contact that is made anew holds what an update would have left of it, mapped or not', {
  timeout: 120_000,
}, () => {
  let made = 0;
  fc.assert(
    fc.property(anyTree, anyUnmapped, (tree, unmapped) => {
      const before = perturb({ ...tree, person: { ...tree.person, ...unmapped } });
      const { settings, local, person } = before;
      const { mapping } = settings;
      const link = { ...before.link, localVersion: 0 };
      const { operations } = planContact(settings, { local, link, remote: { state: 'deleted', person } });
      const create = operations.find((one): one is RemoteCreate => one.kind === 'create_remote');
      if (create === undefined) return;
      made += 1;
      const { body, sent, bases = {} } = create;
      const plan = planTriple(before);
      const { person: left, link: kept } = apply(before, plan);
      ensure(
        JSON.stringify(sent) === JSON.stringify(findUpdate(plan)?.sent ?? {}),
        'sends what an update sends',
      );
      const [pull, usual] = [operations, plan.operations].map((all) =>
        JSON.stringify(all.find(({ kind }) => kind === 'update_local')),
      );
      ensure(pull === usual, 'brings to Harmony what an update brings');
      for (const list of new Set([...Object.keys(left), ...Object.keys(body)])) {
        const [mine, theirs] = [ownOf(body, list), ownOf(left, list)];
        ensure(mine.join() === theirs.join(), `3: ${list} is ${mine}, and was ${theirs}`);
        ensure(!JSON.stringify(body[list] ?? '').includes('"source"'), 'strips what Google makes');
      }
      ensure(body.photos === undefined && body.resourceName === undefined, 'strips what Google makes');
      const acked = basesFromAck({ mapping, bases, sent, body, answer: body });
      const [now, then] = [mapping.readPerson(body, acked), mapping.readPerson(left, kept.bases)];
      for (const { field, kind } of mapping.fields)
        ensure(sameValue(kind, now[field], then[field]), `${field} is ${now[field]}, and not ${then[field]}`);
    }),
    runSettings(4_000),
  );
  ensure(made > 0, 'makes some');
});
