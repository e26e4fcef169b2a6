/** Random histories for real processes: what the owner does on either side, and what is killed while a sync runs. */
import fc from 'fast-check';
import type { ProcessName } from '../../dev/running-file.ts';

export type RemoteDeed =
  | { readonly kind: 'create'; readonly name: string }
  | { readonly kind: 'edit'; readonly at: number; readonly field: 'names' | 'phoneNumbers' | 'biographies' }
  | { readonly kind: 'delete' | 'rename' | 'restore'; readonly at: number }
  | { readonly kind: 'merge'; readonly at: number; readonly with: number };

export type LocalDeed =
  | { readonly kind: 'local_create' }
  | { readonly kind: 'local_edit'; readonly at: number; readonly field: 'firstName' | 'phone' | 'notes' }
  | { readonly kind: 'local_archive'; readonly at: number };

export interface Round {
  readonly deeds: readonly (RemoteDeed | LocalDeed)[];
  readonly mode: 'incremental' | 'full';
  /** Of the next few calls to Google, one meets this. */
  readonly fault?: {
    readonly after: number;
    readonly kind: 'lose-answer' | 'lose-request' | 'cut-body' | 'status';
  };
  readonly tokensExpire: boolean;
  /** Killed so long after the sync was asked for. */
  readonly kill?: { readonly process: ProcessName; readonly afterMs: number };
}

const at = fc.nat(40);
const anyDeed: fc.Arbitrary<RemoteDeed> = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), name: fc.constantFrom('Ada', 'Zoë', 'Bo') }),
  fc.record({
    kind: fc.constant('edit' as const),
    at,
    field: fc.constantFrom('names' as const, 'phoneNumbers' as const, 'biographies' as const),
  }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'rename' as const, 'restore' as const), at }),
  fc.record({ kind: fc.constant('merge' as const), at, with: at }),
);

const anyLocalDeed: fc.Arbitrary<LocalDeed> = fc.oneof(
  fc.record({ kind: fc.constant('local_create' as const) }),
  fc.record({
    kind: fc.constant('local_edit' as const),
    at,
    field: fc.constantFrom('firstName' as const, 'phone' as const, 'notes' as const),
  }),
  fc.record({ kind: fc.constant('local_archive' as const), at }),
);

const anyRound = (deed: fc.Arbitrary<RemoteDeed | LocalDeed>): fc.Arbitrary<Round> =>
  fc.record(
    {
      deeds: fc.array(deed, { minLength: 1, maxLength: 5 }),
      mode: fc.constantFrom('incremental' as const, 'full' as const),
      fault: fc.record({
        after: fc.nat(6),
        kind: fc.constantFrom(
          'lose-answer' as const,
          'lose-request' as const,
          'cut-body' as const,
          'status' as const,
        ),
      }),
      tokensExpire: fc.boolean(),
      kill: fc.record({
        process: fc.constantFrom<ProcessName>(
          'worker',
          'worker',
          'worker',
          'postgres',
          'temporal',
          'sandbox',
          'api',
        ),
        afterMs: fc.nat(700),
      }),
    },
    { requiredKeys: ['deeds', 'mode', 'tokensExpire'] },
  );

const anyRounds = (deed: fc.Arbitrary<RemoteDeed | LocalDeed>) =>
  fc.array(anyRound(deed), { minLength: 1, maxLength: 4 });

export const anyProcessHistory = anyRounds(anyDeed);
export const anyTwoWayProcessHistory = anyRounds(fc.oneof(anyDeed, anyLocalDeed));
