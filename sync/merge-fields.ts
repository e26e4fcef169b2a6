// Rule 8 over all mapped fields of one pair: what to pull, what to push, which bases hold afterwards, what to log.
import { type ContactFields, type FieldName, isBlank } from './contact-fields.ts';
import type { FieldMapping } from './default-mappings.ts';
import { combineDirections, type Direction, mayPush } from './direction.ts';
import { compareInstants } from './instant.ts';
import { type FieldBase, isStorable } from './lens.ts';
import type { CompiledMapping, FieldBases } from './map-contact.ts';
import type { ConflictEntry, ContactPlan, LocalContact } from './operations.ts';
import { contactSource, type Person } from './person.ts';
import { type ConflictPolicy, planField, type Side } from './plan-field.ts';

export interface PlanSettings {
  mapping: CompiledMapping;
  /** The integration's direction combined with the object mapping's. */
  direction: Direction;
  policy: ConflictPolicy;
  /** "Always for this field", as a person decided on a conflict. */
  fieldPolicies?: { [field in FieldName]?: ConflictPolicy };
}

/** Those that mappings set for fields of their own. */
export function fieldPoliciesOf(
  mappings: readonly FieldMapping[],
): NonNullable<PlanSettings['fieldPolicies']> {
  return Object.fromEntries(
    mappings.flatMap(({ field, conflictPolicy }) =>
      conflictPolicy === undefined ? [] : [[field, conflictPolicy]],
    ),
  );
}

export interface FieldMerge {
  pull: ContactFields;
  push: ContactFields;
  /** For pulled and equal fields; pushed ones get theirs from the ack (rule 10). */
  bases: FieldBases;
  conflicts: ConflictEntry[];
  rules: ContactPlan['rules'];
  /** Values that Google cannot hold; they stay where they are. */
  unstorable: FieldName[];
}

export interface MergeInput {
  local: LocalContact | undefined;
  person: Person;
  bases: FieldBases;
  /** Of which another account is the source (field-sources.ts). */
  fedElsewhere?: ReadonlySet<FieldName>;
}

export function mergeFields(settings: PlanSettings, input: MergeInput): FieldMerge {
  const { mapping, policy, fieldPolicies = {} } = settings;
  const remoteFields = mapping.readPerson(input.person, input.bases, soughtOf(settings, input.local));
  const newer = newerSide(input.local, input.person);
  const merge: FieldMerge = { pull: {}, push: {}, bases: {}, conflicts: [], rules: {}, unstorable: [] };
  for (const mapped of mapping.fields) {
    const { field, kind } = mapped;
    const local = input.local?.fields[field] ?? null;
    const remote = remoteFields[field] ?? null;
    const base = input.bases[field];
    const fieldPolicy = fieldPolicies[field] ?? policy;
    const direction = combineDirections(settings.direction, mapped.direction);
    const isFedElsewhere = input.fedElsewhere?.has(field) === true;
    const situation = { kind, local, remote, base, direction, policy: fieldPolicy, newer, isFedElsewhere };
    const decision = planField(situation);
    merge.rules[field] = decision.rule;
    if (decision.action === 'none') continue;
    if (decision.action === 'push' && !isStorable(mapped.path.kind, local)) {
      merge.unstorable.push(field);
      continue;
    }
    if (decision.action === 'push') merge.push[field] = local;
    else {
      if (decision.action === 'pull') merge.pull[field] = remote;
      // A value that gives way is no agreement: once it is the source again, Harmony's differs from it.
      const isOwn = decision.action === 'give_way' && !isBlank(remote);
      const agreed = decision.action === 'pull' || isOwn ? remote : local;
      const gaveWay = decision.action === 'give_way' && isBlank(remote);
      const next = { local: agreed, remote, ...(gaveWay && { gaveWay }) };
      merge.bases[field] = withBesides(mapping, field, input.person, next);
    }
    if (decision.loser) {
      const winner = decision.loser === 'harmony' ? 'provider' : 'harmony';
      merge.conflicts.push({
        ...identify(input),
        field,
        winner,
        local,
        remote,
        base: base ?? null,
        rule: decision.rule,
        policy: fieldPolicy,
      });
    }
  }
  return merge;
}

/**
 * Harmony's values that may go to Google: where they never agreed on one, an element that has it already is the one, so that
 * none is overwritten with what stands beside it.
 */
export function soughtOf(
  { mapping, direction }: Pick<PlanSettings, 'mapping' | 'direction'>,
  local: Pick<LocalContact, 'fields'> | undefined,
): ContactFields {
  const sought: ContactFields = {};
  for (const mapped of mapping.fields) {
    const value = local?.fields[mapped.field] ?? null;
    if (value !== null && mayPush(combineDirections(direction, mapped.direction)))
      sought[mapped.field] = value;
  }
  return sought;
}

/** A blank remote value remembers the elements that stand there, so that they don't move up (FieldBase.besides). */
export function withBesides(
  mapping: CompiledMapping,
  field: FieldName,
  person: Person,
  base: FieldBase,
): FieldBase {
  if (base.remote !== null) return base;
  const besides = mapping.siblingsOf(person, field);
  return besides.length === 0 ? base : { ...base, besides };
}

function identify({ local, person }: MergeInput): Pick<ConflictEntry, 'contactId' | 'resourceName'> {
  return {
    ...(local && { contactId: local.id }),
    ...(person.resourceName !== undefined && { resourceName: person.resourceName }),
  };
}

/**
 * Harmony where a person edited at the same time and where a time is unknown: the outcome must not depend on who asks. What was
 * brought from another account is as old as its edit there; the account that brought it has nothing older.
 */
function newerSide(local: LocalContact | undefined, person: Person): Side {
  const remoteAt = contactSource(person)?.updateTime;
  const { editedAt, remoteEditedAt } = local ?? {};
  if (remoteAt === undefined || (editedAt === undefined && remoteEditedAt === undefined)) return 'harmony';
  const isEditedLater = editedAt !== undefined && compareInstants(editedAt, remoteAt) >= 0;
  const isBroughtLater = remoteEditedAt !== undefined && compareInstants(remoteEditedAt, remoteAt) > 0;
  return isEditedLater || isBroughtLater ? 'harmony' : 'provider';
}
