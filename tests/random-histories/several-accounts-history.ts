/** Random histories of one person with several accounts that know the same people. */
import fc from 'fast-check';
import { anyDirection } from '../../sync/arbitraries.test-support.ts';
import type { FieldName } from '../../sync/contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from '../../sync/default-mappings.ts';
import type { Direction, EffectiveDirection } from '../../sync/direction.ts';
import type { Fault, FaultKind } from './gate.ts';
import type { ObjectsStep } from './history.ts';
import { calmPass, type PlanStep } from './plan-steps.ts';

/** Each has an e-mail address of their own, which nobody changes, so that who is who is never in doubt. */
export const people = ['Ada', 'Bo', 'Cy'] as const;
export type Who = (typeof people)[number];
export type Value = string | null;
/** Fields that anybody edits; for the defaults of sync/default-mappings.ts. */
export const editedFields = ['phone', 'notes', 'jobTitle'] as const satisfies readonly FieldName[];
export type EditedField = (typeof editedFields)[number];
export type Values = { readonly [field in EditedField]?: Value };

/** Of the accounts there are. */
interface AtAccount {
  readonly account: number;
}

/** What one person does at one place, to be seen at all others afterwards. */
export type Deed =
  | { readonly kind: 'local_edit'; readonly who: Who; readonly field: EditedField; readonly value: Value }
  | (AtAccount & {
      readonly kind: 'remote_edit';
      readonly who: Who;
      readonly field: EditedField;
      readonly value: Value;
    })
  | { readonly kind: 'list_member'; readonly who: Who; readonly name: string; readonly isMember: boolean }
  | (AtAccount & {
      readonly kind: 'group_member';
      readonly who: Who;
      readonly name: string;
      readonly isMember: boolean;
    })
  | { readonly kind: 'local_delete'; readonly who: Who };

/** What a person does to one of their accounts; whatever comes of it, no value is lost. */
export type Change =
  | (AtAccount & {
      readonly kind: 'delete';
      readonly records: 'keep' | 'delete';
      /** Another one that syncs before the data of this one go. */
      readonly meanwhile: number | null;
    })
  | (AtAccount & {
      readonly kind: 'connect_again';
      readonly direction: Direction;
      /** It only reads until the first sync is over, as where a person looks at a plan first. */
      readonly readsFirst: boolean;
    })
  | (AtAccount & {
      readonly kind: 'map';
      readonly field: EditedField;
      readonly direction: EffectiveDirection;
    })
  | (AtAccount & ObjectsStep)
  | (AtAccount & {
      readonly kind: 'undo';
      /** How many runs ago, of those of the account that wrote. */
      readonly at: number;
      /** The run that carries it over comes at once. */
      readonly isRun: boolean;
    });

export type AccountsStep =
  | Deed
  | Change
  | (AtAccount & { readonly kind: 'plan'; readonly step: PlanStep })
  | { readonly kind: 'local_create'; readonly who: Who; readonly values: Values }
  | { readonly kind: 'local_restore'; readonly who: Who }
  | (AtAccount & { readonly kind: 'remote_create'; readonly who: Who; readonly values: Values })
  | (AtAccount & { readonly kind: 'remote_delete'; readonly who: Who })
  | { readonly kind: 'list_create'; readonly name: string }
  | { readonly kind: 'list_archive'; readonly name: string }
  | (AtAccount & { readonly kind: 'group_create' | 'group_delete'; readonly name: string })
  | { readonly kind: 'list_rename'; readonly name: string; readonly to: string }
  | (AtAccount & { readonly kind: 'group_rename'; readonly name: string; readonly to: string })
  | (AtAccount & { readonly kind: 'sync'; readonly full: boolean; readonly faults: readonly Fault[] })
  | (AtAccount & { readonly kind: 'turn'; readonly direction: Direction })
  /** All accounts sync until nothing moves any more, and what must hold at rest is looked at. */
  | { readonly kind: 'rest' };

export interface SeveralAccountsHistory {
  /** In the order in which they are connected. */
  readonly accounts: readonly {
    readonly direction: Direction;
    readonly groups: readonly string[];
    readonly persons: readonly { readonly who: Who; readonly values: Values }[];
  }[];
  /** In Harmony, before the first sync. */
  readonly lists: readonly string[];
  readonly steps: readonly AccountsStep[];
  /** Each is done to a world at rest, and must be everywhere when it is at rest again. */
  readonly deeds: readonly (Deed | Change)[];
}

const account = fc.nat(2);
const who = fc.constantFrom(...people);
const value = fc.constantFrom<Value>(null, '111', '222', '333');
const values: fc.Arbitrary<Values> = fc.record(
  { phone: value, notes: value, jobTitle: value },
  { requiredKeys: [] },
);
const field = fc.constantFrom(...editedFields);
const names = ['Crew', 'Band'];
const name = fc.constantFrom(...names);
const isMember = fc.boolean();
const kind = <K extends string>(one: K) => fc.constant(one);

/** `overtaken`: another account syncs in the middle of a call; `deleted`, `disconnected`: it is deleted, its records, too, or not. */
const faults: fc.Arbitrary<Fault[]> = fc.array(
  fc.record({
    at: fc.nat(40),
    kind: fc.constantFrom<FaultKind>(
      ...(['crash_before', 'crash_after', 'serialization_failure', 'lost_request', 'lost_answer'] as const),
      ...(['unavailable', 'overtaken', 'overtaken', 'overtaken', 'deleted', 'disconnected'] as const),
    ),
  }),
  { maxLength: 2 },
);

const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: kind('local_edit'), who, field, value }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('remote_edit'), account, who, field, value }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('list_member'), who, name, isMember }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('group_member'), account, who, name, isMember }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('local_delete'), who }) },
);

const anyDelete = fc.record({
  ...{ kind: kind('delete'), account, records: fc.constantFrom('keep' as const, 'delete' as const) },
  meanwhile: fc.constantFrom(null, null, 0, 1, 2),
});
const anyConnection = fc.record({
  ...{ kind: kind('connect_again'), account, direction: anyDirection, readsFirst: fc.boolean() },
});
const anyFlow = fc.constantFrom(...(['both', 'from_provider', 'to_provider', 'none'] as const));
const anyChange: fc.Arbitrary<Change> = fc.oneof(
  anyDelete,
  anyConnection,
  fc.record({ kind: kind('map'), account, field, direction: anyFlow }),
  fc.record({ account, kind: kind('objects'), own: fc.constantFrom(true, true, false), lists: anyFlow }),
  fc.record({ kind: kind('undo'), account, at: fc.nat(3), isRun: fc.boolean() }),
);

/** The defaults, with a field that flows another way, or not at all. */
const anyMapping = fc
  .record({
    field,
    direction: anyFlow,
  })
  .map(({ field: one, direction }) => mapFields(DEFAULT_FIELD_MAPPINGS, one, direction));

export const mapFields = (
  mappings: readonly FieldMapping[],
  field: EditedField,
  direction: EffectiveDirection,
): FieldMapping[] => {
  const others = mappings.filter((mapping) => mapping.field !== field);
  const mapping = DEFAULT_FIELD_MAPPINGS.find((one) => one.field === field);
  return direction === 'none' || mapping === undefined ? others : [...others, { ...mapping, direction }];
};

const anyAccountsStep: fc.Arbitrary<AccountsStep> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: kind('sync'), account, full: fc.boolean(), faults }) },
  { weight: 12, arbitrary: anyDeed as fc.Arbitrary<AccountsStep> },
  { weight: 2, arbitrary: fc.record({ kind: kind('local_create'), who, values }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('local_restore'), who }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('remote_create'), account, who, values }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('remote_delete'), account, who }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('list_create'), name }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('list_archive'), name }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('group_create' as const, 'group_create' as const, 'group_delete' as const),
      ...{ account, name },
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('list_rename'), name, to: name }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('group_rename'), account, name, to: name }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('turn'), account, direction: anyDirection }) },
  { weight: 6, arbitrary: anyChange },
  { weight: 1, arbitrary: fc.constant<AccountsStep>({ kind: 'rest' }) },
);

/** A person chooses, looks at what it would come to, and decides, now and then after something moved. */
const anyPlan: fc.Arbitrary<AccountsStep[]> = fc
  .record({
    account,
    isCalm: fc.boolean(),
    direction: fc.option(anyDirection),
    mappings: fc.option(anyMapping),
    looksAt: fc.option(anyDirection, { freq: 4 }),
    between: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(anyAccountsStep, { minLength: 1, maxLength: 2 }) },
    ),
    decision: fc.record({
      kind: kind('decide_plan'),
      back: fc.constantFrom(0, 0, 0, 1),
      how: fc.constantFrom('apply' as const, 'apply' as const, 'apply' as const, 'reject' as const),
      matches: kind('later'),
      pass: fc.constant(calmPass),
    }),
  })
  .map(({ account: at, isCalm, direction, mappings, looksAt, between, decision }) => {
    const plan = (step: PlanStep): AccountsStep => ({ kind: 'plan', account: at, step });
    return [
      ...(isCalm ? [{ kind: 'rest' } as const] : []),
      ...(direction === null ? [] : [plan({ kind: 'choose_direction', direction })]),
      ...(mappings === null ? [] : [plan({ kind: 'choose_mappings', mappings })]),
      plan({ kind: 'make_plan', ...(looksAt === null ? {} : { direction: looksAt }) }),
      ...between,
      plan(decision),
    ];
  });

const anySteps: fc.Arbitrary<AccountsStep[]> = fc.oneof(
  { weight: 12, arbitrary: anyAccountsStep.map((step) => [step]) },
  { weight: 2, arbitrary: anyPlan },
);

/** One that has the lists of the others, and only reads them from then on. */
const lastTurn: fc.Arbitrary<AccountsStep[]> = account.map((at) => [
  { kind: 'rest' },
  { kind: 'turn', account: at, direction: 'from_provider' },
]);

const anyAccount = fc.record({
  direction: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Direction>('both') },
    { weight: 2, arbitrary: anyDirection },
  ),
  groups: fc.subarray(names),
  persons: fc.uniqueArray(fc.record({ who, values }), {
    minLength: 1,
    maxLength: 3,
    selector: (one) => one.who,
  }),
});

export const anySeveralAccountsHistory: fc.Arbitrary<SeveralAccountsHistory> = fc.record({
  accounts: fc.oneof(
    { weight: 3, arbitrary: fc.array(anyAccount, { minLength: 2, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array(anyAccount, { minLength: 3, maxLength: 3 }) },
  ),
  lists: fc.subarray(names),
  steps: fc
    .tuple(fc.array(anySteps, { minLength: 2, maxLength: 12 }), fc.array(lastTurn, { maxLength: 1 }))
    .map(([steps, turns]) => [...steps.flat(), ...turns.flat()]),
  deeds: fc.array(
    fc.oneof(
      { weight: 2, arbitrary: anyDeed as fc.Arbitrary<Deed | Change> },
      { weight: 1, arbitrary: anyChange },
    ),
    { minLength: 1, maxLength: 3 },
  ),
});
