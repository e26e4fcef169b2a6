/** Random histories for real processes: what the owner does at Google, and what is killed while a sync runs. */
import fc from 'fast-check';
import type { ProcessName } from '../../dev/running-file.ts';

export type RemoteDeed =
  | { readonly kind: 'create'; readonly name: string }
  | { readonly kind: 'edit'; readonly at: number; readonly field: 'names' | 'phoneNumbers' | 'biographies' }
  | { readonly kind: 'delete' | 'rename' | 'restore'; readonly at: number }
  | { readonly kind: 'merge'; readonly at: number; readonly with: number };

export interface Round {
  readonly deeds: readonly RemoteDeed[];
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

const anyRound: fc.Arbitrary<Round> = fc.record(
  {
    deeds: fc.array(anyDeed, { minLength: 1, maxLength: 5 }),
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

export const anyProcessHistory = fc.array(anyRound, { minLength: 1, maxLength: 4 });
