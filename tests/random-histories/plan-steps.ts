/** Random moves with plans: a person chooses, looks at what it would come to, and decides, now and then after something moved. */
import fc from 'fast-check';
import { anyDirection, anyMappings } from '../../sync/arbitraries.test-support.ts';
import type { FieldMapping } from '../../sync/default-mappings.ts';
import type { Direction } from '../../sync/direction.ts';
import type { Pass, Step } from './history.ts';

/** How a person answers for each group that could be the same people in more than one way. */
const matchAnswers = ['later', 'one_pair', 'apart', 'pair_and_rest_apart', 'one_apart'] as const;
export type MatchAnswer = (typeof matchAnswers)[number];

export type PlanStep =
  | { readonly kind: 'choose_direction'; readonly direction: Direction }
  | { readonly kind: 'choose_mappings'; readonly mappings: readonly FieldMapping[] }
  /** `direction`: one to look at without choosing it. */
  | { readonly kind: 'make_plan'; readonly direction?: Direction | undefined }
  /** Looks at the one that a run which is parked has made itself, if any: it shows who goes, and nothing else. */
  | { readonly kind: 'find_plan' }
  | {
      readonly kind: 'decide_plan';
      /** How many plans ago it was made. */
      readonly back: number;
      readonly how: 'apply' | 'reject';
      readonly matches: MatchAnswer;
      /** The run that carries it out. */
      readonly pass: Pass;
    };

export const calmPass: Pass = {
  kind: 'pass',
  full: false,
  pageSize: 100,
  lagsMin: [0],
  getLagMin: 0,
  faults: [],
};

const direction = (wanted: Direction): Step => ({ kind: 'choose_direction', direction: wanted });
const anyMappingChoice = anyMappings.map((mappings): Step => ({ kind: 'choose_mappings', mappings }));

/** Two contacts and a remote one that share an address: nobody but a person can tell who is who. */
export const twins: readonly Step[] = [
  { kind: 'remote_create', person: { emailAddresses: [{ value: 'a@x.io' }], names: [{ givenName: 'Ada' }] } },
  { kind: 'local_create', fields: { firstName: 'Ada', email: 'a@x.io' } },
  { kind: 'local_create', fields: { firstName: 'Bo', email: 'A@x.io' } },
];

/** A person says who one of those is that could be several. */
export const sayWho = (at: number): Step => ({
  ...{ kind: 'resolve_conflict', of: 'ambiguous_match', at, choose: 'link', candidate: 0 },
  ...{ isFit: true, always: false },
});

/** Where plans come from: passes as a history has them, and what people do between looking and deciding. */
export interface Around {
  readonly pass: fc.Arbitrary<Pass>;
  readonly between: fc.Arbitrary<Step>;
}

function anyDecision({ pass, between }: Around): fc.Arbitrary<Step[]> {
  const anyRun = fc.oneof(fc.constant(calmPass), pass);
  const decide = fc.record({
    kind: fc.constant('decide_plan' as const),
    back: fc.constantFrom(0, 0, 0, 1),
    how: fc.constantFrom('apply' as const, 'apply' as const, 'apply' as const, 'reject' as const),
    matches: fc.constantFrom(...matchAnswers),
    pass: anyRun,
  });
  const moves = fc.constantFrom(0, 0, 0, 1, 2).chain((length) => {
    return fc.array(fc.oneof(between, anyRun), { minLength: length, maxLength: length });
  });
  return fc.tuple(moves, decide).map(([before, decision]): Step[] => [...before, decision]);
}

const plan = (wanted?: Direction): Step => ({ kind: 'make_plan', direction: wanted });

/** A change of settings as a person makes it. */
export function anyPlannedChange(around: Around): fc.Arbitrary<Step[]> {
  const choice = fc.oneof(
    anyMappingChoice.map((step) => [step, plan()]),
    anyDirection.map((wanted) => [direction(wanted), plan()]),
    anyDirection.map((wanted) => [plan(wanted)]),
    fc.tuple(anyDirection, anyMappingChoice).map(([wanted, step]) => [direction(wanted), step, plan()]),
  );
  // Half of the time all is in order before: what comes then is of the plan alone.
  const before = fc.constantFrom<readonly Step[]>([], [calmPass], [...twins], [...twins, calmPass]);
  return fc.tuple(before, choice, anyDecision(around)).map((steps) => steps.flat());
}

/** What a history begins with whose integration was read alone until now. */
export function anyFirstTwoWay(around: Around): fc.Arbitrary<Step[]> {
  const before = fc.constantFrom<readonly Step[]>([calmPass], [...twins, calmPass]);
  return fc
    .tuple(before, anyDecision(around))
    .map(([first, decision]) => [...first, direction('both'), plan(), ...decision]);
}
