/** Random histories for the real engine: what people do on both sides, and passes of the engine with faults. */
import fc from 'fast-check';
import { anyMappings } from '../../sync/arbitraries.test-support.ts';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from '../../sync/default-mappings.ts';
import type { Direction } from '../../sync/direction.ts';
import { anyStep, type PersonStep } from '../../sync/model-world.test-support.ts';
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
  | { readonly kind: 'tokens_expire' }
  | { readonly kind: 'days_pass'; readonly days: number };

export interface History {
  readonly direction: Direction;
  readonly mappings: readonly FieldMapping[];
  readonly policy: ConflictPolicy;
  /** How far Google's clock is from ours, in seconds. */
  readonly skewSeconds: number;
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
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'tokens_expire' }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 6, 8).map((days): Step => ({ kind: 'days_pass', days })) },
);

export function anyHistory(directions: fc.Arbitrary<Direction>): fc.Arbitrary<History> {
  return fc.record({
    direction: directions,
    mappings: fc.oneof(fc.constant<FieldMapping[]>([...DEFAULT_FIELD_MAPPINGS]), anyMappings),
    policy: fc.constantFrom<ConflictPolicy>('newest', 'harmony', 'provider'),
    skewSeconds: fc.constantFrom(0, 0, -240, 240),
    steps: fc.array(anyHistoryStep, { minLength: 2, maxLength: 14 }),
  });
}
