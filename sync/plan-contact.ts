// The plan for one contact: (shadow, local, base, mapping) → operations. Pure; rules 7–12 and 15–18.
import { isBlank, sameValue } from './contact-fields.ts';
import { combineDirections, mayPull, mayPush } from './direction.ts';
import { writablePart } from './former-person.ts';
import { isStorable } from './lens.ts';
import { type FieldMerge, mergeFields, type PlanSettings, soughtOf } from './merge-fields.ts';
import type {
  ContactLink,
  ContactPlan,
  LocalContact,
  Operation,
  RemoteCreate,
  RemoteView,
  UnlinkReason,
} from './operations.ts';
import { contactSource, elementsOf, MARKER_KEY, type Person } from './person.ts';

export interface ContactSituation {
  /** null: Harmony has no such contact. */
  local: LocalContact | null;
  remote: RemoteView;
  link: ContactLink | null;
  /** A create of this contact was sent and its answer is unknown: see recover-create.ts. */
  hasOpenCreate?: boolean;
}

const NOTHING: ContactPlan = { operations: [], conflicts: [], rules: {} };

export function planContact(settings: PlanSettings, situation: ContactSituation): ContactPlan {
  const { local, remote, link } = situation;
  // Rule 13: an open create is settled by its marker; until then nothing is sent, and no second create above all.
  if (situation.hasOpenCreate) return NOTHING;
  if (!link) return planUnlinked(settings, local, remote);
  switch (remote.state) {
    case 'live':
      return planLiveRemote(settings, link, local, remote.person);
    case 'deleted':
      return planDeletedRemote(settings, link, local, remote);
    case 'missing': // Rule 15: absence alone is no evidence.
    case 'none':
      return NOTHING;
  }
}

/** Rule 18: disconnecting, unmapping, deselecting or losing access unlinks, and never deletes on the other side. */
export function planUnlink(link: ContactLink, reason: UnlinkReason): ContactPlan {
  return only({ kind: 'unlink', contactId: link.contactId, resourceName: link.resourceName, reason });
}

/** The body that a create sends: with the op id by which a lost answer is found again (rule 13). */
export function withMarker(body: Person, opId: string): Person {
  return { ...body, clientData: [...elementsOf(body, 'clientData'), { key: MARKER_KEY, value: opId }] };
}

function planUnlinked(settings: PlanSettings, local: LocalContact | null, remote: RemoteView): ContactPlan {
  if (remote.state === 'live' && !local) return planLocalCreate(settings, remote.person);
  if (remote.state === 'none' && local && !local.archived) return planRemoteCreate(settings, local);
  return NOTHING;
}

function planLocalCreate(settings: PlanSettings, person: Person): ContactPlan {
  if (!mayPull(settings.direction) || person.resourceName === undefined) return NOTHING;
  const merge = mergeFields(settings, { local: undefined, person, bases: {} });
  const { pull: fields, bases, rules } = merge;
  return {
    operations: [{ kind: 'create_local', resourceName: person.resourceName, fields, bases }],
    conflicts: [],
    rules,
  };
}

function planRemoteCreate(settings: PlanSettings, local: LocalContact, replaces?: string): ContactPlan {
  const merge = mergeFields(settings, { local, person: {}, bases: {} });
  const { lists: body } = settings.mapping.writePerson({}, merge.push);
  const operations: Operation[] = parkUnstorable(merge, local.id, replaces);
  // Nothing to push also where the direction forbids it; and Google has no use for a contact with nothing in it.
  if (Object.keys(body).length > 0) {
    operations.unshift({
      kind: 'create_remote',
      contactId: local.id,
      localVersion: local.version,
      body,
      sent: merge.push,
      ...(replaces !== undefined && { replaces }),
    });
  }
  return { operations, conflicts: [], rules: merge.rules };
}

/**
 * A create that begins from all that was there, with Harmony's values in it as an update would have put them (invariant 3);
 * what an update would have brought to Harmony comes there, too.
 */
function planAnew(
  settings: PlanSettings,
  link: ContactLink,
  local: LocalContact,
  person: Person,
): ContactPlan {
  const live = planBothLive(settings, link, local, person);
  const update = live.operations.find((operation) => operation.kind === 'update_remote');
  const agreed = live.operations.find(({ kind }) => kind === 'update_local' || kind === 'rebase');
  const create: RemoteCreate = {
    kind: 'create_remote',
    contactId: local.id,
    localVersion: local.version,
    body: writablePart({ ...person, ...update?.body }),
    sent: update?.sent ?? {},
    bases: { ...link.bases, ...(agreed && 'bases' in agreed ? agreed.bases : {}) },
    replaces: link.resourceName,
  };
  return { ...live, operations: [...live.operations.filter((other) => other !== update), create] };
}

const makesOne = ({ operations }: ContactPlan): boolean =>
  operations.some(({ kind }) => kind === 'create_remote');

function planLiveRemote(
  settings: PlanSettings,
  link: ContactLink,
  local: LocalContact | null,
  person: Person,
): ContactPlan {
  if (local && !local.archived) return planBothLive(settings, link, local, person);
  // Rule 16, the local contact is deleted. Only its archived row proves that, a row that is missing doesn't; and a
  // contact that came back after both were gone counts as edited, since a person restored it.
  if (!local || link.tombstoned || isRemoteEdited(settings, link, { person, local })) {
    if (!mayPull(settings.direction)) return planUnlink(link, 'direction');
    return local ? planBothLive(settings, link, local, person) : planLocalCreate(settings, person);
  }
  // One-way from the provider, the delete stands in Harmony alone until the remote is edited.
  if (!mayPush(settings.direction)) return NOTHING;
  const { contactId, resourceName } = link;
  return only({ kind: 'delete_remote', contactId, resourceName, snapshot: person });
}

function planBothLive(
  settings: PlanSettings,
  link: ContactLink,
  local: LocalContact,
  person: Person,
): ContactPlan {
  const { bases, fedElsewhere } = link;
  const merge = mergeFields(settings, { local, person, bases, ...(fedElsewhere && { fedElsewhere }) });
  const { contactId, resourceName } = link;
  const operations: Operation[] = [];
  const expectedVersion = local.version;
  const hasNothingToSend = Object.keys(merge.push).length === 0;
  const isVersionBehind = local.version !== link.localVersion && hasNothingToSend;
  if (local.archived || Object.keys(merge.pull).length > 0) {
    const kind = local.archived ? 'restore_local' : 'update_local';
    const { pull: fields, bases: agreed } = merge;
    operations.push({ kind, contactId, resourceName, expectedVersion, fields, bases: agreed });
  } else if (Object.keys(merge.bases).length > 0 || isVersionBehind) {
    operations.push({
      kind: 'rebase',
      contactId,
      resourceName,
      localVersion: local.version,
      bases: merge.bases,
    });
  }
  const { mask, lists } = settings.mapping.writePerson(person, merge.push, bases, soughtOf(settings, local));
  if (mask.length > 0) {
    operations.push({
      kind: 'update_remote',
      contactId,
      resourceName,
      localVersion: local.version,
      mask,
      body: { ...preconditionOf(person), ...lists },
      sent: merge.push,
    });
  }
  operations.push(...parkUnstorable(merge, contactId, resourceName));
  return { operations, conflicts: merge.conflicts, rules: merge.rules };
}

/** Rules 16 and 17, the remote contact is deleted. */
function planDeletedRemote(
  settings: PlanSettings,
  link: ContactLink,
  local: LocalContact | null,
  { person, standIns = [], byUs = false }: Extract<RemoteView, { state: 'deleted' }>,
): ContactPlan {
  const { contactId, resourceName } = link;
  if (!local || local.archived) {
    return link.tombstoned ? NOTHING : only({ kind: 'tombstone', contactId, resourceName });
  }
  if (standIns.length > 0) {
    const [standIn] = standIns;
    if (standIns.length === 1 && standIn && !standIn.linked) {
      return only({ kind: 'link', contactId, resourceName: standIn.resourceName, by: standIn.by });
    }
    const candidates = standIns.map((other) => other.resourceName).sort();
    return only({ kind: 'park', contactId, resourceName, reason: 'maybe_merged', candidates });
  }
  // Harmony is the only source, so its contact comes back like any other value that the destination changed.
  const isSource = settings.direction === 'to_provider';
  if (isLocalEdited(settings, link, local) || isSource || byUs) {
    if (!mayPush(settings.direction)) return planUnlink(link, 'direction');
    const recreated = planRemoteCreate(settings, local, resourceName);
    if (makesOne(recreated)) return person ? planAnew(settings, link, local, person) : recreated;
    // At most values that Google cannot hold are left; they stay parked, and nothing ties them to a contact that is gone.
    const { operations } = planUnlink(link, 'nothing_to_send');
    return { ...recreated, operations: [...recreated.operations, ...operations] };
  }
  if (link.livesElsewhere) return planUnlink(link, 'lives_elsewhere');
  return only({
    kind: 'archive_local',
    contactId,
    resourceName,
    expectedVersion: local.version,
    snapshot: local.fields,
  });
}

/**
 * Rule 7 for the remote: by value, never by etag, and by the mappings by which both agreed: that a field is mapped by now is no
 * edit. Where no base exists the doubt speaks for an edit, but only of what may come to Harmony, and did not give way there to
 * what the remote can not hold: anything else was never agreed on, so that it would keep a contact from ever being deleted.
 */
function isRemoteEdited(
  settings: PlanSettings,
  link: ContactLink,
  { person, local }: { person: Person; local: LocalContact },
): boolean {
  const { mapping, bases } = link.agreed ?? { mapping: settings.mapping, bases: link.bases };
  const values = mapping.readPerson(person, bases);
  return mapping.fields.some(({ field, kind, direction, path }) => {
    const base = bases[field];
    if (base) return !sameValue(kind, values[field], base.remote);
    if (isBlank(values[field]) || link.fedElsewhere?.has(field)) return false;
    if (!isStorable(path.kind, local.fields[field] ?? null)) return false;
    return mayPull(combineDirections(settings.direction, direction));
  });
}

/**
 * Any version since the agreement counts: the person may have edited a field that isn't mapped. With none since, Harmony's value
 * of a field that only comes from the provider differs where it was another account's, which may have let go by now.
 */
function isLocalEdited(settings: PlanSettings, link: ContactLink, local: LocalContact): boolean {
  if (local.version !== link.localVersion) return true;
  return settings.mapping.fields.some(({ field, kind, direction }) => {
    const base = mayPush(combineDirections(settings.direction, direction)) ? link.bases[field] : undefined;
    return base !== undefined && !sameValue(kind, local.fields[field], base.local);
  });
}

/** What an update needs beside its lists: the contact source with the etag that was read. */
function preconditionOf(person: Person): Person {
  const source = contactSource(person);
  return {
    ...(person.resourceName !== undefined && { resourceName: person.resourceName }),
    ...(person.etag !== undefined && { etag: person.etag }),
    metadata: { sources: source ? [source] : [] },
  };
}

function parkUnstorable(merge: FieldMerge, contactId: string, resourceName?: string): Operation[] {
  return merge.unstorable.map((field) => ({
    kind: 'park',
    contactId,
    ...(resourceName !== undefined && { resourceName }),
    reason: 'unstorable_value',
    field,
  }));
}

function only(operation: Operation): ContactPlan {
  return { operations: [operation], conflicts: [], rules: {} };
}
