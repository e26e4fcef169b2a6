/** Random moves around a parked run (rule 19): many contacts go at once, and a person decides on what it would delete. */
import fc from 'fast-check';
import type { Step } from './history.ts';
import { type Around, calmPass } from './plan-steps.ts';

type Where = 'google' | 'harmony' | 'by_turns';

export type CrowdStep =
  | { readonly kind: 'crowd'; readonly size: number; readonly where: Where }
  /** Of those that are tied and there on both sides. */
  | { readonly kind: 'many_gone'; readonly count: number; readonly where: Where }
  /** Of those that are gone on that side alone. */
  | { readonly kind: 'many_back'; readonly count: number; readonly where: Where }
  /** Nobody is left at Google. */
  | { readonly kind: 'emptied' };

const anyWhere = fc.constantFrom<Where>('google', 'harmony', 'by_turns');

const anyGone: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('many_gone' as const),
      // More than ten are asked about.
      count: fc.constantFrom(10, 11, 11, 12, 13, 15),
      where: anyWhere,
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'emptied' }) },
);

const anyBack: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('many_back' as const),
  count: fc.constantFrom(1, 2, 5, 15),
  where: anyWhere,
});

/** Of whom the plan that a person has seen shows nothing. */
const anyMore: fc.Arbitrary<Step> = fc.record({
  ...{ kind: fc.constant('many_gone' as const), count: fc.constantFrom(1, 2), where: anyWhere },
});

/** Parks, with whatever people do until somebody looks at the plan, and from then until they decide, which may be never. */
export function anyParkedRun({ pass, between }: Around): fc.Arbitrary<Step[]> {
  const anyRun = fc.oneof(fc.constant(calmPass), pass);
  const usual = (most: number) =>
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: between },
        { weight: 2, arbitrary: anyBack },
        { weight: 2, arbitrary: anyMore },
        { weight: 1, arbitrary: anyRun },
      ),
      { maxLength: most },
    );
  const decide = fc
    .record({
      kind: fc.constant('decide_plan' as const),
      back: fc.constantFrom(0, 0, 0, 1),
      how: fc.constantFrom('apply' as const, 'reject' as const, 'reject' as const),
      matches: fc.constant('later' as const),
      pass: anyRun,
    })
    .map((step): Step => step);
  const anyDecision = fc
    .tuple(
      usual(2),
      fc.constantFrom<Step>({ kind: 'make_plan' }, { kind: 'find_plan' }),
      fc.oneof(fc.constant<Step[]>([]), fc.constant<Step[]>([]), usual(1)),
      decide,
      anyRun,
    )
    .map(([before, look, moved, decision, after]): Step[] => [...before, look, ...moved, decision, after]);
  return fc
    .record({
      size: fc.constantFrom(12, 13, 14, 15),
      where: anyWhere,
      gone: anyGone,
      run: anyRun,
      decisions: fc.oneof(
        usual(2),
        anyDecision,
        anyDecision,
        anyDecision,
        fc.tuple(anyDecision, anyDecision).map((both) => both.flat()),
      ),
    })
    .map(({ size, where, gone, run, decisions }): Step[] => [
      { kind: 'crowd', size, where },
      calmPass,
      gone,
      run,
      ...decisions,
    ]);
}
