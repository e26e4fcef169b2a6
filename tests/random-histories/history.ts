/** Random histories for the real engine: what people do on both sides, and passes of the engine with faults. */
import fc from 'fast-check';
import { anyMappings } from '../../sync/arbitraries.test-support.ts';
import type { ContactFields } from '../../sync/contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from '../../sync/default-mappings.ts';
import type { Direction } from '../../sync/direction.ts';
import { anyLocal, anyRemote, anyStep, type PersonStep } from '../../sync/model-world.test-support.ts';
import type { Person } from '../../sync/person.ts';
import type { ConflictPolicy } from '../../sync/plan-field.ts';
import { type Fault, faultKinds } from './gate.ts';

export interface Pass {
  readonly kind: 'pass';
  readonly full: boolean;
  readonly pageSize: number;
  /** Of listings, in minutes for the n-th contact; below the time after which a create is taken for lost. */
  readonly lagsMin: readonly number[];
  readonly getLagMin: number;
  readonly faults: readonly Fault[];
}

export type Step =
  | PersonStep
  | Pass
  | {
      readonly kind: 'remote_merge';
      readonly at: number;
      readonly with: number;
      readonly as: 'deletion' | 'former_name';
    }
  | { readonly kind: 'local_restore'; readonly at: number }
  | { readonly kind: 'tokens_expire' }
  | { readonly kind: 'days_pass'; readonly days: number };

export interface History {
  readonly direction: Direction;
  readonly mappings: readonly FieldMapping[];
  readonly policy: ConflictPolicy;
  /** How far Google's clock is from ours, in seconds. */
  readonly skewSeconds: number;
  /** Whether Google trims and derives values. */
  readonly normalises: boolean;
  /** What is there on either side before the first pass. */
  readonly persons: readonly Person[];
  readonly contacts: readonly ContactFields[];
  readonly steps: readonly Step[];
}

const anyFault: fc.Arbitrary<Fault> = fc.record({ at: fc.nat(40), kind: fc.constantFrom(...faultKinds) });

const anyPass: fc.Arbitrary<Pass> = fc.record({
  kind: fc.constant('pass' as const),
  full: fc.boolean(),
  pageSize: fc.constantFrom(2, 3, 100),
  lagsMin: fc.array(fc.constantFrom(0, 0, 2, 14), { minLength: 1, maxLength: 4 }),
  getLagMin: fc.constantFrom(0, 0, 0, 5),
  faults: fc.array(anyFault, { maxLength: 4 }),
});

const at = fc.nat(7);
const anyHistoryStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: anyStep<Pass>(anyPass) as fc.Arbitrary<Step> },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('remote_merge' as const),
      at,
      with: at,
      as: fc.constantFrom('deletion' as const, 'former_name' as const),
    }),
  },
  { weight: 1, arbitrary: at.map((index): Step => ({ kind: 'local_restore', at: index })) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'tokens_expire' }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 6, 8).map((days): Step => ({ kind: 'days_pass', days })) },
);

/** Begins in that direction; only a history that begins both ways changes it. */
export function anyHistory(direction: Direction): fc.Arbitrary<History> {
  const keep = (step: Step): Step =>
    step.kind === 'settings' && direction !== 'both' ? { ...step, direction } : step;
  return fc.record({
    direction: fc.constant(direction),
    mappings: fc.oneof(fc.constant<FieldMapping[]>([...DEFAULT_FIELD_MAPPINGS]), anyMappings),
    policy: fc.constantFrom<ConflictPolicy>('newest', 'harmony', 'provider'),
    skewSeconds: fc.constantFrom(0, 0, -240, 240),
    normalises: fc.boolean(),
    persons: fc.array(anyRemote, { maxLength: 3 }),
    contacts: fc.array(anyLocal, { maxLength: 2 }),
    steps: fc.array(anyHistoryStep.map(keep), { minLength: 2, maxLength: 14 }),
  });
}
