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
  /** Google takes so long for each write of the round, before it carries it out. */
  readonly slowWritesMs: number;
  readonly kill?: Kill;
}

export interface Kill {
  readonly process: ProcessName;
  /** `write`: once a write is out at Google, or the round's sync is over without one. */
  readonly since: 'asked' | 'write';
  readonly afterMs: number;
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

const anyProcess = fc.constantFrom<ProcessName>(
  ...(['worker', 'worker', 'worker', 'postgres', 'temporal', 'sandbox', 'api'] as const),
);
/** Long after a write went out, its batch is acked: sooner is where a kill leaves something open. */
const anyKill: fc.Arbitrary<Kill> = fc.oneof(
  fc.record({ process: anyProcess, since: fc.constant('asked' as const), afterMs: fc.nat(700) }),
  fc.record({ process: anyProcess, since: fc.constant('write' as const), afterMs: fc.nat(250) }),
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
      slowWritesMs: fc.constantFrom(0, 40, 150, 600),
      kill: anyKill,
    },
    { requiredKeys: ['deeds', 'mode', 'tokensExpire', 'slowWritesMs'] },
  );

const anyRounds = (deed: fc.Arbitrary<RemoteDeed | LocalDeed>) =>
  fc.array(anyRound(deed), { minLength: 1, maxLength: 4 });

export const anyProcessHistory = anyRounds(anyDeed);
export const anyTwoWayProcessHistory = anyRounds(fc.oneof(anyDeed, anyLocalDeed));
