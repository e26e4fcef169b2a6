/** What came of a plan that was applied, held against what it showed: no more of it, and what a person decided. */
import type { Plan, PlanDecision, PlanSample } from '../../api/contract/plan.ts';
import { type FieldName, kindOf, sameValue } from '../../sync/contact-fields.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { markersOf } from '../../sync/person.ts';
import type { RemoteWrite } from './google-adapter.ts';
import type { View } from './view.ts';

interface Applied {
  readonly plan: Plan;
  readonly decisions: readonly PlanDecision[];
  readonly before: View;
  readonly after: View;
  /** At Google. */
  readonly writes: readonly RemoteWrite[];
}

/** One contact that was written on one side. */
interface Effect {
  readonly side: 'harmony' | 'provider';
  readonly action: 'create' | 'update' | 'restore' | 'delete';
  readonly contactId: string | undefined;
  readonly remoteId: string | undefined;
  /** Fields with the values that they have now. */
  readonly fields: readonly (readonly [FieldName, string | null])[];
}

/** A plan samples no more of one kind. */
const samplesAtMost = 5;

export function judgeEffects(applied: Applied): void {
  const { plan, decisions } = applied;
  const groups = (plan.review ?? []).map(({ contacts, remotes }) =>
    [...contacts, ...remotes].map(({ id }) => id),
  );
  const isDecided = (id: string | null | undefined) =>
    decisions.some(({ contactId, remoteId }) => id === contactId || id === remoteId);
  // Whoever is left of a group that was decided on in part may be clear by that.
  const decided = new Set(groups.filter((group) => group.some(isDecided)).flat());
  const effects = effectsOf(applied).filter(
    ({ contactId = '', remoteId = '' }) => !decided.has(contactId) && !decided.has(remoteId),
  );
  const counted = { create: 'created', update: 'updated', restore: 'updated', delete: 'deleted' } as const;
  const shown = (side: 'harmony' | 'provider', action: Effect['action']): number =>
    plan.counts?.[side][counted[action]] ?? 0;
  for (const { side, action, ...of } of effects) {
    const alike = effects.filter((other) => other.side === side && counted[other.action] === counted[action]);
    const most = shown(side, action);
    if (new Set(alike.map(({ contactId, remoteId }) => contactId ?? remoteId)).size > most)
      throw tooMuch(`${alike.length} × ${action} of ${side} where it showed ${most}`);
    if (most > samplesAtMost) continue;
    const samples = (plan.samples ?? []).filter((sample) => sample.side === side && sample.action === action);
    const sample = samples.find(({ contactId, remoteId }) => isSame(of, { contactId, remoteId }));
    if (sample === undefined) throw tooMuch(`${action} of ${side} ${JSON.stringify(of)}`);
    for (const [field, value] of of.fields) {
      if (!isShown(sample, field, value))
        throw tooMuch(
          `${side} ${field} "${value}" of ${of.contactId}, where it showed ${JSON.stringify(sample)}`,
        );
    }
  }
}

const isSame = (
  effect: Pick<Effect, 'contactId' | 'remoteId'>,
  sample: Pick<PlanSample, 'contactId' | 'remoteId'>,
): boolean =>
  (effect.contactId !== undefined && effect.contactId === sample.contactId) ||
  (effect.remoteId !== undefined && effect.remoteId === sample.remoteId);

const isShown = ({ fields }: PlanSample, field: FieldName, value: string | null): boolean =>
  Object.hasOwn(fields, field) && sameValue(kindOf(field) ?? 'text', fields[field] ?? null, value);

/** But for whoever waited to be told whom they were merged into: once the run has deleted all of those, they are made there anew. */
function effectsOf(applied: Applied): Effect[] {
  const { counts, samples = [] } = applied.plan;
  const waiting = samples.filter(({ action, reason }) => action === 'park' && reason === 'maybe_merged');
  const isMoot = ({ action, contactId }: Effect) =>
    action === 'create' &&
    (counts?.provider.deleted ?? 0) > 0 &&
    waiting.some((sample) => sample.contactId === contactId);
  return [...harmonyEffects(applied), ...providerEffects(applied).filter((effect) => !isMoot(effect))];
}

function harmonyEffects({ before, after }: Applied): Effect[] {
  const side = 'harmony';
  return [...after.locals.values()].flatMap((now): Effect[] => {
    const of = { side, contactId: now.id, remoteId: remoteOf(after, now.id) } as const;
    const former = before.locals.get(now.id);
    if (former === undefined) return [{ ...of, action: 'create', contactId: undefined, fields: [] }];
    if (now.archived && !former.archived) return [{ ...of, action: 'delete', fields: [] }];
    const fields = after.mapping.fields.flatMap(({ field, kind }) =>
      sameValue(kind, former.fields[field], now.fields[field])
        ? []
        : [[field, now.fields[field] ?? null] as const],
    );
    if (former.archived && !now.archived) return [{ ...of, action: 'restore', fields }];
    return fields.length === 0 ? [] : [{ ...of, action: 'update', fields }];
  });
}

function providerEffects({ after, writes }: Applied): Effect[] {
  const side = 'provider';
  return writes.map((write): Effect => {
    const made = after.creates.find(({ id }) => markersOf(write.after ?? {}).includes(id))?.contactId;
    const contactId = write.kind === 'create' ? made : after.rows.get(write.name)?.link?.contactId;
    const action = write.kind === 'remove' ? 'delete' : write.kind;
    return { side, action, contactId, remoteId: write.name, fields: [] };
  });
}

/** Of a plan of deletes: those that it showed have gone. */
export function judgeApproved(applied: Applied): void {
  const { plan } = applied;
  const gone = effectsOf(applied).filter(({ action }) => action === 'delete');
  for (const side of ['harmony', 'provider'] as const) {
    const [shown, went] = [plan.counts?.[side].deleted, gone.filter((one) => one.side === side).length];
    if (shown !== went)
      throw new InvariantBroken(`parked: ${shown} deletes of ${side} were approved, and ${went} were done`);
  }
}

/** Whoever a person decided on is tied as they said, or to nobody of the group. */
export function judgeDecisions({ plan, decisions, after }: Applied): void {
  for (const { contactId, remoteId } of decisions) {
    if (contactId !== null && remoteId !== null) {
      if (after.rows.get(remoteId)?.link?.contactId !== contactId)
        throw new InvariantBroken(`plans: ${contactId} is not tied to ${remoteId}, as a person decided`);
      continue;
    }
    const group = (plan.review ?? []).find(({ contacts, remotes }) =>
      [...contacts, ...remotes].some(({ id }) => id === contactId || id === remoteId),
    );
    const others = group?.remotes.filter(({ id }) => after.rows.get(id)?.link?.contactId === contactId) ?? [];
    const tied = after.rows.get(remoteId ?? '')?.link?.contactId;
    const isTied = contactId === null ? group?.contacts.some(({ id }) => id === tied) : others.length > 0;
    if (isTied)
      throw new InvariantBroken(`plans: ${contactId ?? remoteId} is tied, which a person kept apart`);
  }
}

const remoteOf = ({ rows }: View, contactId: string): string | undefined =>
  [...rows].find(([, { link }]) => link?.contactId === contactId)?.[0];

const tooMuch = (what: string): InvariantBroken =>
  new InvariantBroken(`plans: the run of an applied one did more than it showed: ${what}`);
