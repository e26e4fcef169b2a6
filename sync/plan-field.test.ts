import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldName } from './contact-fields.ts';
import type { EffectiveDirection } from './direction.ts';
import { compileMapping, type FieldBases } from './map-contact.ts';
import { mergeFields, type PlanSettings } from './merge-fields.ts';
import type { LocalContact } from './operations.ts';
import { type FieldSituation, planField } from './plan-field.ts';

function plan(values: Partial<FieldSituation>) {
  return planField({
    kind: 'text',
    local: null,
    remote: null,
    base: undefined,
    direction: 'both',
    policy: 'newest',
    newer: 'provider',
    ...values,
  });
}
const base = { local: 'b', remote: 'b' };
const blankBase = { local: null, remote: null };

describe('no base yet', () => {
  it.each<[EffectiveDirection, string | null, string | null, string, string | undefined]>([
    ['both', 'x', 'x ', 'rebase', undefined],
    ['both', null, null, 'rebase', undefined],
    ['both', 'x', null, 'push', undefined],
    ['both', ' ', 'y', 'pull', undefined],
    ['both', 'x', 'y', 'pull', 'harmony'],
    ['from_provider', 'x', 'y', 'pull', 'harmony'],
    ['from_provider', 'x', null, 'none', undefined],
    ['from_provider', null, 'y', 'pull', undefined],
    ['to_provider', 'x', 'y', 'push', 'provider'],
    ['to_provider', null, 'y', 'none', undefined],
    ['to_provider', 'x', null, 'push', undefined],
  ])('%s: local %j, remote %j → %s, loser %s', (direction, local, remote, action, loser) => {
    expect(plan({ direction, local, remote })).toEqual({ action, rule: 'no_base', ...(loser && { loser }) });
  });
});

describe('fed by another account', () => {
  const fed = (values: Partial<FieldSituation>) =>
    plan({ direction: 'from_provider', isFedElsewhere: true, ...values });
  const rule = 'other_source';
  it.each<[string | null, string | null, FieldSituation['base'], object]>([
    ['x', 'y', undefined, { action: 'give_way', rule, loser: 'provider' }],
    ['x', 'x', undefined, { action: 'give_way', rule }],
    ['x', 'b', base, { action: 'none', rule }],
    ['x', 'y', base, { action: 'give_way', rule, loser: 'provider' }],
    [null, 'y', undefined, { action: 'none', rule }],
    ['x', null, blankBase, { action: 'give_way', rule }],
    ['x', null, { local: 'x', remote: null, gaveWay: true }, { action: 'none', rule }],
    ['x', null, { local: 'x', remote: null }, { action: 'give_way', rule }],
    [null, null, blankBase, { action: 'none', rule }],
  ])('local %j, remote %j, base %j', (local, remote, base, decision) => {
    expect(fed({ local, remote, base })).toEqual(decision);
  });

  it('gives way once: what is noted of it then is agreed on', () => {
    const mapping = compileMapping([
      { field: 'jobTitle', path: 'organizations.title', direction: 'from_provider' },
    ]);
    const settings: PlanSettings = { mapping, direction: 'from_provider', policy: 'newest' };
    const value = fc.constantFrom(null, '', 'x', 'y');
    const marks = fc.constantFrom({}, { gaveWay: true as const });
    const pair = fc.tuple(fc.record({ local: value, remote: value }), marks);
    const base = fc.option(
      pair.map(([both, mark]) => ({ ...both, ...mark })),
      { nil: undefined },
    );
    fc.assert(
      fc.property(value, value, base, (jobTitle, remote, known) => {
        const input = {
          local: { id: 'con_1', version: 1, fields: { jobTitle } } as LocalContact,
          person: { organizations: remote === null ? [] : [{ title: remote }] },
          fedElsewhere: new Set<FieldName>(['jobTitle']),
        };
        const before: FieldBases = known === undefined ? {} : { jobTitle: known };
        const first = mergeFields(settings, { ...input, bases: before });
        const second = mergeFields(settings, { ...input, bases: { ...before, ...first.bases } });
        expect([second.bases, second.conflicts]).toEqual([{}, []]);
        expect([first, second].map(({ pull, push }) => [pull, push])).toEqual([
          [{}, {}],
          [{}, {}],
        ]);
      }),
    );
  });
});

describe('with a base', () => {
  it('does nothing while neither side changed, even where the provider normalised', () => {
    const normalised = { local: '020 1', remote: 'tel 0201' };
    expect(plan({ local: '020 1', remote: 'tel 0201', base: normalised }).action).toBe('none');
  });

  it('rebases when both came to the same value', () => {
    expect(plan({ local: 'x', remote: ' x', base }).action).toBe('rebase');
  });

  it('propagates one change, a deliberate clear included', () => {
    expect(plan({ local: null, remote: 'b', base })).toEqual({ action: 'push', rule: 'one_changed' });
    expect(plan({ local: 'b', remote: null, base })).toEqual({ action: 'pull', rule: 'one_changed' });
  });

  it('lets a value beat a clear when both changed', () => {
    expect(plan({ local: 'x', remote: null, base })).toMatchObject({ action: 'push', loser: 'provider' });
    expect(plan({ local: null, remote: 'y', base })).toMatchObject({ action: 'pull', loser: 'harmony' });
  });

  it('follows the policy when both changed to different values', () => {
    const both = { local: 'x', remote: 'y', base };
    expect(plan({ ...both, newer: 'harmony' })).toMatchObject({ action: 'push', loser: 'provider' });
    expect(plan({ ...both, newer: 'provider' })).toMatchObject({ action: 'pull', loser: 'harmony' });
    expect(plan({ ...both, policy: 'harmony' }).action).toBe('push');
    expect(plan({ ...both, policy: 'provider', newer: 'harmony' }).action).toBe('pull');
  });

  it.each<[EffectiveDirection, string | null, string | null, string, string | undefined]>([
    ['from_provider', 'x', 'b', 'pull', 'harmony'],
    ['from_provider', 'x', 'y', 'pull', 'harmony'],
    ['from_provider', 'x', null, 'pull', 'harmony'],
    ['from_provider', 'b', 'y', 'pull', undefined],
    ['from_provider', 'b', null, 'pull', undefined],
    ['to_provider', 'b', 'y', 'push', 'provider'],
    ['to_provider', 'x', 'b', 'push', undefined],
    ['none', 'x', 'y', 'none', undefined],
  ])('%s: base b, local %j, remote %j → %s, loser %s', (direction, local, remote, action, loser) => {
    const decision = plan({ direction, local, remote, base });
    expect([decision.action, decision.loser]).toEqual([action, loser]);
  });

  it('takes a blank base for an agreement: the one-way source wins over a value typed since', () => {
    const typed = { local: 'x', remote: null, base: blankBase };
    expect(plan({ ...typed, direction: 'from_provider' })).toMatchObject({
      action: 'pull',
      loser: 'harmony',
    });
    expect(plan(typed)).toEqual({ action: 'push', rule: 'one_changed' });
  });
});
