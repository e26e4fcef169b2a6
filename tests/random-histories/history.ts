/** Random histories for the real engine: what people do on both sides, and passes of the engine with faults. */
import fc from 'fast-check';
import type { Choice } from '../../api/conflict-kinds.ts';
import { anyMappings, anyValue, CUSTOM_MAPPINGS } from '../../sync/arbitraries.test-support.ts';
import type { ContactFields } from '../../sync/contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from '../../sync/default-mappings.ts';
import type { Direction, EffectiveDirection } from '../../sync/direction.ts';
import { anySibling } from '../../sync/model-siblings.test-support.ts';
import {
  anyEdit,
  anyLocal,
  anyRemote,
  anyStep,
  type PersonStep,
} from '../../sync/model-world.test-support.ts';
import type { Person } from '../../sync/person.ts';
import type { ConflictPolicy } from '../../sync/plan-field.ts';
import { anyParkedRun, type CrowdStep } from './crowd-steps.ts';
import { type Fault, faultKinds, isStall, lifecycleFaultKinds } from './gate.ts';
import { type EmptyPage, emptyPages } from './google-adapter.ts';
import { anyFirstTwoWay, anyPlannedChange, calmPass, type PlanStep } from './plan-steps.ts';
import type { Merge, Race } from './races.ts';

export interface Pass {
  readonly kind: 'pass';
  /** The run that edits in Harmony ask for, which reads nothing but what an earlier one left half-read. */
  readonly isOfEdits?: boolean;
  readonly full: boolean;
  readonly pageSize: number;
  readonly emptyPages?: readonly EmptyPage[];
  /** Of listings, in minutes for the n-th contact of the first of them, for the one after that of the next, and so on. */
  readonly lagsMin: readonly number[];
  readonly getLagMin: number;
  readonly faults: readonly Fault[];
}

/** What people do to lists and to the groups at Google. */
export type ListStep =
  | { readonly kind: 'list_create' | 'group_create'; readonly name: string }
  | { readonly kind: 'list_rename' | 'group_rename'; readonly at: number; readonly name: string }
  | { readonly kind: 'list_archive' | 'list_restore' | 'group_delete'; readonly at: number }
  | {
      readonly kind: 'list_member' | 'group_member';
      readonly at: number;
      /** Of the contacts there are. */
      readonly of: number;
      readonly isMember: boolean;
    };

/** What people do to contacts. */
export type ContactStep =
  | Exclude<PersonStep, { kind: 'settings' }>
  | Merge
  | { readonly kind: 'local_restore'; readonly at: number };

/** What people do to the connection. */
export type LifecycleStep =
  /** At Google. */
  | { readonly kind: 'grant_revoked' }
  | { readonly kind: 'sign_in_again' }
  | { readonly kind: 'delete'; readonly records: 'keep' | 'delete' }
  | {
      readonly kind: 'connect_again';
      /** It only reads until the first sync is over, as where a person looks at a plan first. */
      readonly readsFirst: boolean;
      readonly pass: Pass;
    };

/** A person takes a run back. */
export interface UndoStep {
  readonly kind: 'undo_run';
  /** How many runs ago, of those that wrote contacts. */
  readonly at: number;
  /** The run that carries it to Google; null: that is lost, and whichever comes next does it. */
  readonly pass: Pass | null;
}

/** A person decides one of the conflicts that are open. */
export interface ResolveStep {
  readonly kind: 'resolve_conflict';
  /** Only those of this kind. */
  readonly of?: string;
  readonly at: number;
  readonly choose: Choice;
  /** Takes another choice where its kind does not take this one; else it is asked for and refused. */
  readonly isFit: boolean;
  /** Of those that it names. */
  readonly candidate: number;
  /** And every later one of this field. */
  readonly always: boolean;
}

/** A person switches the mapping of contacts on or off, or has lists flow another way, or not at all. */
export interface ObjectsStep {
  readonly kind: 'objects';
  readonly own: boolean;
  readonly lists: EffectiveDirection;
}

export type Step =
  | ContactStep
  | Extract<PersonStep, { kind: 'settings' }>
  | ListStep
  | LifecycleStep
  | ObjectsStep
  | PlanStep
  | CrowdStep
  | UndoStep
  | ResolveStep
  | Pass
  /** An earlier version of the mapping once more. */
  | { readonly kind: 'mapping_back'; readonly at: number }
  | { readonly kind: 'tokens_expire' }
  | { readonly kind: 'days_pass'; readonly days: number };

export interface History {
  readonly direction: Direction;
  /** Plans of other directions are looked at, and never applied. */
  readonly keepsDirection?: boolean;
  readonly mappings: readonly FieldMapping[];
  readonly policy: ConflictPolicy;
  /** Which way lists flow, of what the integration lets through. */
  readonly lists: EffectiveDirection;
  /** There is a group of Google's own that takes no members. */
  readonly hasFriends?: boolean;
  /** How far Google's clock is from ours, in seconds. */
  readonly skewSeconds: number;
  /** Whether Google trims and derives values. */
  readonly normalises: boolean;
  /** What is there on either side before the first pass. */
  readonly persons: readonly Person[];
  readonly contacts: readonly ContactFields[];
  readonly steps: readonly Step[];
  /** What a person says of a run that is parked once nothing more happens; without it, that it may go on. */
  readonly atLast?: 'apply' | 'reject';
}

const at = fc.nat(7);
const anyMerge = fc.record({
  kind: fc.constant('remote_merge' as const),
  at,
  with: at,
  as: fc.constantFrom('deletion' as const, 'former_name' as const),
});
const anyDeed: fc.Arbitrary<Race> = fc.oneof(
  { weight: 4, arbitrary: anyEdit.map((edit): Race => ({ kind: 'remote_edit', ...edit })) },
  { weight: 2, arbitrary: anySibling.map((what): Race => ({ kind: 'remote_sibling', at: 0, what })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Race>(
      ...(['remote_delete', 'remote_rename', 'remote_touch'] as const).map((kind) => ({ kind, at: 0 })),
    ),
  },
  { weight: 1, arbitrary: anyMerge },
);
const anyFault: fc.Arbitrary<Fault> = fc
  .record({
    at: fc.nat(40),
    kind: fc.constantFrom(...faultKinds),
    turns: fc.array(fc.nat(8), { minLength: 1, maxLength: 4 }),
    deed: anyDeed,
  })
  .map(({ turns, deed, ...fault }) => ({
    ...fault,
    ...(isStall(fault.kind) ? { turns } : {}),
    ...(fault.kind === 'remote_edit' ? { deed } : {}),
  }));

/** Half of them none; beyond D, too, after which a create is taken for lost. */
const anyLag = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(2, 14, 15, 16) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 30 }) },
);

const anyPass: fc.Arbitrary<Pass> = fc.record({
  kind: fc.constant('pass' as const),
  isOfEdits: fc.constantFrom(false, false, false, false, false, false, true),
  full: fc.boolean(),
  pageSize: fc.constantFrom(2, 3, 100),
  emptyPages: fc.constantFrom<readonly EmptyPage[]>([], [], [], ['first'], ['middle'], ['last'], emptyPages),
  lagsMin: fc.array(anyLag, { minLength: 1, maxLength: 4 }),
  getLagMin: fc.constantFrom(0, 0, 0, 5),
  faults: fc.array(anyFault, { maxLength: 4 }),
});

const listName = fc.constantFrom('Crew', 'Band', 'Choir', 'crew');
const anyListStep: fc.Arbitrary<ListStep> = fc.oneof(
  fc.record({ kind: fc.constantFrom('list_create' as const, 'group_create' as const), name: listName }),
  fc.record({ kind: fc.constantFrom('list_rename' as const, 'group_rename' as const), at, name: listName }),
  fc.record({
    kind: fc.constantFrom('list_archive' as const, 'list_restore' as const, 'group_delete' as const),
    at,
  }),
  fc.record({
    kind: fc.constantFrom('list_member' as const, 'group_member' as const),
    ...{ at, of: at, isMember: fc.boolean() },
  }),
);
const anyListFlow = fc.constantFrom<EffectiveDirection>(
  ...(['both', 'both', 'both', 'from_provider', 'to_provider', 'none'] as const),
);
const anyObjects: fc.Arbitrary<ObjectsStep> = fc.record({
  kind: fc.constant('objects' as const),
  own: fc.constantFrom(true, true, false),
  lists: anyListFlow,
});

/** What a history is about: how often its steps are these, beside all others. */
interface Emphasis {
  readonly lists: number;
  /** A complete listing is due, or what is kept for days is forgotten. */
  readonly time: number;
  readonly objects: number;
  readonly undo: number;
  readonly plans: number;
  /** Access ends, or the account is deleted, and connected again. */
  readonly interruptions: number;
}
const usualEmphasis: Emphasis = { lists: 4, time: 1, objects: 1, undo: 1, plans: 1, interruptions: 1 };
const emphases: readonly Emphasis[] = [
  usualEmphasis,
  usualEmphasis,
  { ...usualEmphasis, lists: 24, time: 3, undo: 4 },
  { ...usualEmphasis, objects: 4, undo: 8, plans: 12, interruptions: 20 },
];

const stepsOf = ({ lists, time, objects }: Emphasis): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 12, arbitrary: anyStep<Pass>(anyPass) as fc.Arbitrary<Step> },
    { weight: 1, arbitrary: anyMerge },
    { weight: lists, arbitrary: anyListStep },
    { weight: 1, arbitrary: at.map((index): Step => ({ kind: 'local_restore', at: index })) },
    { weight: 1, arbitrary: at.map((index): Step => ({ kind: 'mapping_back', at: index })) },
    { weight: objects, arbitrary: anyObjects },
    { weight: time, arbitrary: fc.constant<Step>({ kind: 'tokens_expire' }) },
    { weight: time, arbitrary: fc.constantFrom(1, 6, 8).map((days): Step => ({ kind: 'days_pass', days })) },
  );
const anyHistoryStep = stepsOf(usualEmphasis);

const anyUndo: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('undo_run' as const),
  at: fc.constantFrom(0, 0, 1, 2),
  pass: fc.constantFrom(null, null, calmPass),
});
const anyResolve: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('resolve_conflict' as const),
  at: fc.constantFrom(0, 0, 1, 2, 3),
  choose: fc.constantFrom<Choice>('harmony', 'provider', 'link', 'dismiss'),
  isFit: fc.constantFrom(true, true, true, false),
  candidate: fc.nat(2),
  always: fc.constantFrom(false, false, true),
});
/** Both sides change one field between two passes, and a person decides: the same contact where there are few. */
const anyDisagreement: fc.Arbitrary<Step[]> = anyEdit
  .chain((edit) => fc.tuple(fc.constant(edit), anyValue(edit.field), at, anyPass, anyResolve))
  .map(([edit, value, other, pass, resolve]): Step[] => [
    calmPass,
    { kind: 'local_edit', ...edit },
    { kind: 'remote_edit', field: edit.field, at: other, value },
    pass,
    resolve,
  ]);
/** In the middle of a pass or between two; what people do until it is mended goes on meanwhile. */
const anyInterruption: fc.Arbitrary<Step[]> = fc
  .record({
    how: fc.oneof(
      fc.constantFrom<LifecycleStep>(
        { kind: 'grant_revoked' },
        { kind: 'delete', records: 'keep' },
        { kind: 'delete', records: 'delete' },
      ),
      fc.record({ at: fc.nat(40), kind: fc.constantFrom(...lifecycleFaultKinds) }),
      fc.record({ at: fc.nat(40), kind: fc.constantFrom(...lifecycleFaultKinds) }),
    ),
    pass: anyPass,
    between: fc.array(anyHistoryStep, { maxLength: 3 }),
    again: fc.record({
      kind: fc.constant('connect_again' as const),
      readsFirst: fc.boolean(),
      pass: fc.oneof(fc.constant(calmPass), anyPass),
    }),
  })
  .map(({ how, pass, between, again }): Step[] => [
    ...('at' in how ? [{ ...pass, faults: [how, ...pass.faults] }] : [pass, how]),
    ...between,
    // Whichever it takes.
    { kind: 'sign_in_again' },
    again,
  ]);
const few = [0, 1, 2, 3];
/** Contacts that come back after their delete was carried over, or are edited here while they are deleted there. */
const anyComeback: fc.Arbitrary<Step[]> = fc
  .tuple(anyPass, anyEdit, fc.boolean())
  .map(([pass, edit, isUndone]): Step[] => {
    const gone = few.map((of): Step => ({ kind: isUndone ? 'local_delete' : 'remote_delete', at: of }));
    const back = few.map(
      (of): Step => (isUndone ? { kind: 'local_restore', at: of } : { ...edit, kind: 'local_edit', at: of }),
    );
    return isUndone ? [calmPass, ...gone, calmPass, ...back, pass] : [calmPass, ...gone, ...back, pass];
  });
/** Somebody edits or deletes a contact in Harmony, and somebody is at work on it at Google as that is carried there. */
const anyRace: fc.Arbitrary<Step[]> = anyEdit
  .chain((edit) =>
    fc.tuple(
      fc.oneof(
        fc.constant<Step>({ kind: 'local_edit', ...edit }),
        fc.constant<Step>({ kind: 'local_delete', at: edit.at }),
      ),
      fc.oneof(
        anyValue(edit.field).map((value): Race => ({ kind: 'remote_edit', at: 0, field: edit.field, value })),
        anyDeed,
      ),
      anyPass,
    ),
  )
  .map(([step, deed, pass]): Step[] => [
    calmPass,
    step,
    { ...pass, faults: [{ at: 0, kind: 'remote_edit', deed }, ...pass.faults.slice(0, 2)] },
  ]);
/** Of some seventy, or more with an emphasis on something else. */
const parkedRuns = 1;
const around = { pass: anyPass, between: anyHistoryStep };
const anyStepsOf = (emphasis: Emphasis) =>
  fc
    .array(
      fc.oneof(
        { weight: 58, arbitrary: stepsOf(emphasis).map((step) => [step]) },
        { weight: 6, arbitrary: anyResolve.map((step) => [step]) },
        { weight: 2, arbitrary: anyDisagreement },
        { weight: 2, arbitrary: anyRace },
        { weight: emphasis.undo, arbitrary: anyUndo.map((step) => [step]) },
        { weight: 2, arbitrary: anyComeback },
        { weight: emphasis.plans, arbitrary: anyPlannedChange(around) },
        { weight: emphasis.interruptions, arbitrary: anyInterruption },
        { weight: parkedRuns, arbitrary: anyParkedRun(around) },
      ),
      { minLength: 2, maxLength: 14 },
    )
    .map((steps): readonly Step[] => steps.flat());
const anySteps = fc.oneof(...emphases.map(anyStepsOf));

interface Beginning {
  readonly direction: Direction;
  readonly steps: readonly Step[];
}

/** Begins in that direction; only a history that begins both ways changes it, and a few of those begin by being read. */
export function anyHistory(direction: Direction): fc.Arbitrary<History> {
  const keepsDirection = direction !== 'both';
  const keep = (step: Step): Step =>
    (step.kind === 'settings' || step.kind === 'choose_direction') && keepsDirection
      ? { ...step, direction }
      : step;
  const usual = anySteps.map((steps): Beginning => ({ direction, steps: steps.map(keep) }));
  const firstTwoWay = fc
    .tuple(anyFirstTwoWay(around), anySteps)
    .map(([first, steps]): Beginning => ({ direction: 'from_provider', steps: [...first, ...steps] }));
  return fc
    .record({
      beginning: keepsDirection
        ? usual
        : fc.oneof({ weight: 29, arbitrary: usual }, { weight: 1, arbitrary: firstTwoWay }),
      keepsDirection: fc.constant(keepsDirection),
      mappings: fc.oneof(
        fc.constant<FieldMapping[]>([...DEFAULT_FIELD_MAPPINGS]),
        fc.constant<FieldMapping[]>([...DEFAULT_FIELD_MAPPINGS, ...CUSTOM_MAPPINGS]),
        anyMappings,
      ),
      policy: fc.constantFrom<ConflictPolicy>('newest', 'harmony', 'provider'),
      lists: anyListFlow,
      skewSeconds: fc.constantFrom(0, 0, -240, 240),
      normalises: fc.boolean(),
      persons: fc.array(anyRemote, { maxLength: 3 }),
      contacts: fc.array(anyLocal, { maxLength: 2 }),
      hasFriends: fc.boolean(),
      atLast: fc.constantFrom('apply' as const, 'reject' as const),
    })
    .map(({ beginning, ...history }) => ({ ...history, ...beginning }));
}
