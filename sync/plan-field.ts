// Rule 8: what happens to one mapped field. A pure three-way decision; the rows stand in the order of the table.
import { type FieldKind, type FieldValue, isBlank, sameValue } from './contact-fields.ts';
import { type EffectiveDirection, mayPull, mayPush } from './direction.ts';
import type { FieldBase } from './lens.ts';

export type Side = 'harmony' | 'provider';
/** What decides when both sides changed a field: the later edit, or always one side. */
export type ConflictPolicy = 'newest' | Side;

/** The row of rule 8 that decided; `GET /contacts/{id}/explain` and the conflict log name it. */
export type FieldRule =
  | 'no_base'
  | 'unchanged'
  | 'equal'
  | 'one_way'
  | 'one_changed'
  | 'both_changed'
  | 'other_source'
  | 'no_direction';

export interface FieldSituation {
  kind: FieldKind;
  local: FieldValue;
  remote: FieldValue;
  base: FieldBase | undefined;
  direction: EffectiveDirection;
  policy: ConflictPolicy;
  /** The side that was edited last, for the policy `newest`. */
  newer: Side;
  /** Another account is the source of it (field-sources.ts). */
  isFedElsewhere?: boolean;
}

export interface FieldDecision {
  /**
   * `pull` writes Harmony, `push` writes the provider, `rebase` only records that both agree, `give_way` what the provider
   * has while Harmony holds another account's value.
   */
  action: 'none' | 'rebase' | 'pull' | 'push' | 'give_way';
  rule: FieldRule;
  /** Set where a value gives way that the other side never saw: it goes into the conflict log. */
  loser?: Side;
}

export function planField(situation: FieldSituation): FieldDecision {
  const { kind, local, remote, base, direction } = situation;
  if (direction === 'none') return { action: 'none', rule: 'no_direction' };
  if (situation.isFedElsewhere) return planFedElsewhere(situation);
  if (!base || (base.gaveWay && mayPush(direction))) return planWithoutBase(situation);

  const localChanged = !sameValue(kind, local, base.local);
  const remoteChanged = !sameValue(kind, remote, base.remote);
  if (!localChanged && !remoteChanged) return { action: 'none', rule: 'unchanged' };
  if (sameValue(kind, local, remote)) return { action: 'rebase', rule: 'equal' };
  if (direction === 'from_provider') {
    return localChanged ? winFor('provider', 'one_way') : { action: 'pull', rule: 'one_changed' };
  }
  if (direction === 'to_provider') {
    return remoteChanged ? winFor('harmony', 'one_way') : { action: 'push', rule: 'one_changed' };
  }
  if (!remoteChanged) return { action: 'push', rule: 'one_changed' };
  if (!localChanged) return { action: 'pull', rule: 'one_changed' };
  return winFor(nonBlankSide(local, remote) ?? preferredSide(situation), 'both_changed');
}

/** Fill blanks; else the one-way source, or the preferred side. A blank never wins, not even the source's. */
function planWithoutBase(situation: FieldSituation): FieldDecision {
  const { kind, local, remote, direction } = situation;
  const rule = 'no_base';
  if (sameValue(kind, local, remote)) return { action: 'rebase', rule };
  const filled = nonBlankSide(local, remote);
  if (filled === 'harmony') return { action: mayPush(direction) ? 'push' : 'none', rule };
  if (filled === 'provider') return { action: mayPull(direction) ? 'pull' : 'none', rule };
  if (direction === 'from_provider') return winFor('provider', rule);
  if (direction === 'to_provider') return winFor('harmony', rule);
  return winFor(preferredSide(situation), rule);
}

/** The provider's value is noted, and told once where it differs; it counts again when the other account has none any more. */
function planFedElsewhere({ kind, local, remote, base }: FieldSituation): FieldDecision {
  const rule = 'other_source';
  const isKnown = base !== undefined && sameValue(kind, remote, base.remote);
  if (isBlank(remote)) {
    // Without the mark it would stay blank once its account may be written to.
    const isMarked = base?.gaveWay === true || isBlank(local);
    const isAgreed = isKnown && isMarked && sameValue(kind, local, base.local);
    return { action: isAgreed ? 'none' : 'give_way', rule };
  }
  // Nothing to give way to yet: the other account's value is on its way.
  if (isKnown || isBlank(local)) return { action: 'none', rule };
  return { action: 'give_way', rule, ...(!sameValue(kind, local, remote) && { loser: 'provider' as const }) };
}

function winFor(winner: Side, rule: FieldRule): FieldDecision {
  return winner === 'harmony'
    ? { action: 'push', rule, loser: 'provider' }
    : { action: 'pull', rule, loser: 'harmony' };
}

function preferredSide({ policy, newer }: FieldSituation): Side {
  return policy === 'newest' ? newer : policy;
}

/** The only side with a value; undefined where both or neither have one. */
function nonBlankSide(local: FieldValue, remote: FieldValue): Side | undefined {
  if (isBlank(local) === isBlank(remote)) return undefined;
  return isBlank(local) ? 'provider' : 'harmony';
}
