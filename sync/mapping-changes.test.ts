import { describe, expect, it } from 'vitest';
import { changedFields, forgetBases } from './change-mapping.ts';
import { checkMappings } from './check-mappings.ts';
import { DEFAULT_FIELD_MAPPINGS, DEFAULT_OBJECT_MAPPINGS, type FieldMapping } from './default-mappings.ts';
import { combineDirections, type Direction, directionOf } from './direction.ts';
import { parseFieldPath } from './field-path.ts';
import { compileMapping } from './map-contact.ts';
import type { ContactPlan } from './operations.ts';
import { countDeletes, summarizePlan } from './plan-summary.ts';
import { previewMappingChange } from './preview-mapping.ts';

const both = { mappings: DEFAULT_FIELD_MAPPINGS, direction: 'both' as const };
const remapped = DEFAULT_FIELD_MAPPINGS.map((mapping) =>
  mapping.field === 'email' ? { ...mapping, path: 'emailAddresses[type=work].value' } : mapping,
);

describe('checkMappings', () => {
  const codes = (mappings: FieldMapping[], direction: Direction = 'both') =>
    checkMappings(mappings, direction).map(({ index, code }) => [index, code]);
  const map = (field: string, path: string, direction: Direction = 'both') =>
    ({ field, path, direction }) as FieldMapping;

  it('accepts the defaults under every direction, and custom fields of any kind', () => {
    expect(checkMappings(DEFAULT_FIELD_MAPPINGS, 'from_provider')).toEqual([]);
    expect(
      codes([map('custom.x', 'userDefined[key=X].value'), map('custom.y', 'events[type=other].date')]),
    ).toEqual([]);
    expect(DEFAULT_OBJECT_MAPPINGS.map(({ providerObject, enabled }) => [providerObject, enabled])).toEqual([
      ['person', true],
      ['contactGroup', true],
      ['otherContact', false],
    ]);
  });

  it.each<[string, FieldMapping[], Direction, unknown]>([
    ['unknown field', [map('shoeSize', 'names.givenName')], 'both', [[0, 'unknown_field']]],
    ['unknown path', [map('email', 'emailAddresses.formattedType')], 'both', [[0, 'unknown_path']]],
    ['a label on a singleton', [map('firstName', 'names[type=x].givenName')], 'both', [[0, 'unknown_path']]],
    ['userDefined without its key', [map('notes', 'userDefined.value')], 'both', [[0, 'unknown_path']]],
    ['a blank label', [map('email', 'emailAddresses[type= ].value')], 'both', [[0, 'unknown_path']]],
    ['an inherited name', [map('notes', 'constructor.name')], 'both', [[0, 'unknown_path']]],
    ['text into a date', [map('notes', 'birthdays.date')], 'both', [[0, 'kind_mismatch']]],
    ['a date into text, both ways', [map('birthday', 'biographies.value')], 'both', [[0, 'kind_mismatch']]],
    ['a date into text, outward', [map('birthday', 'biographies.value', 'to_provider')], 'both', []],
    [
      'one field twice',
      [map('notes', 'biographies.value'), map('notes', 'nicknames.value')],
      'both',
      [[1, 'duplicate_field']],
    ],
    [
      'two fields onto one target',
      [map('phone', 'phoneNumbers[type=Work].value'), map('custom.w', 'phoneNumbers[type=work].value')],
      'both',
      [[1, 'duplicate_target']],
    ],
    [
      'against the integration',
      [map('notes', 'biographies.value', 'to_provider')],
      'from_provider',
      [[0, 'direction_conflict']],
    ],
  ])('%s', (_, mappings, direction, expected) => {
    expect(codes(mappings, direction)).toEqual(expected);
  });
});

it('reads labels and keys from a path', () => {
  expect(parseFieldPath('userDefined[key=Customer id].value')).toEqual({
    list: 'userDefined',
    subfield: 'value',
    kind: 'text',
    selector: 'Customer id',
  });
});

it('combines directions to what all settings allow', () => {
  expect(combineDirections(directionOf('bidirectional'), 'to_provider')).toBe('to_provider');
  expect(combineDirections('from_provider', 'both')).toBe('from_provider');
  expect(combineDirections('from_provider', 'to_provider')).toBe('none');
  expect(combineDirections('none', 'both')).toBe('none');
});

describe('a mapping change', () => {
  it('forgets only the bases of changed pairs', () => {
    expect(changedFields(both, { ...both, mappings: remapped })).toEqual(['email']);
    expect(changedFields(both, { ...both, mappings: DEFAULT_FIELD_MAPPINGS.slice(1) })).toEqual([
      'firstName',
    ]);
    expect(changedFields(both, both)).toEqual([]);
    expect(changedFields(both, { ...both, direction: 'from_provider' })).toHaveLength(11);
    const base = { local: 'x', remote: 'x' };
    expect(forgetBases({ email: base, phone: base }, ['email'])).toEqual({ phone: base });
  });

  it('previews what it would write on real records, and only that', () => {
    const person = { emailAddresses: [{ value: 'home@x.io' }, { value: 'work@x.io', type: 'work' }] };
    const local = { id: 'con_1', version: 1, fields: { email: 'home@x.io', notes: 'not sent yet' } };
    const agreed = {
      email: { local: 'home@x.io', remote: 'home@x.io' },
      notes: { local: null, remote: null },
    };
    const link = { contactId: 'con_1', resourceName: 'people/c1', localVersion: 1, bases: agreed };
    const records = [{ local, link, person }];
    expect(
      previewMappingChange({
        before: both,
        after: { ...both, mappings: remapped },
        policy: 'provider',
        records,
      }),
    ).toEqual({
      changedFields: ['email'],
      changes: [
        {
          contactId: 'con_1',
          field: 'email',
          side: 'harmony',
          from: 'home@x.io',
          to: 'work@x.io',
          rule: 'no_base',
        },
      ],
      conflicts: 1,
    });
  });
});

it('previews nothing of a field that another account feeds', () => {
  const person = { emailAddresses: [{ value: 'home@x.io' }, { value: 'work@x.io', type: 'work' }] };
  const other = { person: { emailAddresses: [{ value: 'other@x.io' }] }, bases: {}, isOlder: true };
  const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);
  const record = {
    local: { id: 'con_1', version: 1, fields: { email: 'other@x.io' } },
    link: { contactId: 'con_1', resourceName: 'people/c1', localVersion: 1, bases: {} },
    person,
    others: [{ ...other, mapping, direction: 'from_provider' as const }],
  };
  const direction = 'from_provider';
  const preview = previewMappingChange({
    before: { ...both, direction },
    after: { mappings: remapped, direction },
    policy: 'newest',
    records: [record],
  });
  expect(preview.changes).toEqual([]);
});

it('previews by the policy that a field has of its own', () => {
  const mappings = remapped.map((mapping) =>
    mapping.field === 'email' ? { ...mapping, conflictPolicy: 'harmony' as const } : mapping,
  );
  const person = { emailAddresses: [{ value: 'work@x.io', type: 'work' }] };
  const local = { id: 'con_1', version: 1, fields: { email: 'home@x.io' } };
  const link = { contactId: 'con_1', resourceName: 'people/c1', localVersion: 1, bases: {} };
  const preview = previewMappingChange({
    ...{ before: both, after: { ...both, mappings }, policy: 'provider' },
    records: [{ local, link, person }],
  });
  expect(preview.changes).toMatchObject([{ field: 'email', side: 'provider', to: 'home@x.io' }]);
});

describe('summarizePlan', () => {
  const archive = (contactId: string): ContactPlan => ({
    operations: [
      {
        kind: 'archive_local',
        contactId,
        resourceName: `people/${contactId}`,
        expectedVersion: 1,
        snapshot: {},
      },
    ],
    conflicts: [],
    rules: {},
  });
  const create = (email: string): ContactPlan => ({
    operations: [{ kind: 'create_remote', contactId: 'con_9', localVersion: 1, body: {}, sent: { email } }],
    conflicts: [],
    rules: {},
  });

  it('counts both sides, shows samples, and counts deletes for the breaker', () => {
    const plans = [archive('a'), archive('b'), create('x@x.io')];
    const summary = summarizePlan(plans, 1);
    expect(summary.harmony).toEqual({ created: 0, updated: 0, deleted: 2 });
    expect(summary.provider).toEqual({ created: 1, updated: 0, deleted: 0 });
    expect(summary.samples.archive_local).toHaveLength(1);
    expect(countDeletes(plans)).toBe(2);
  });

  it('has one digest for the same effects in any order, and another for another value', () => {
    const digest = (...plans: ContactPlan[]) => summarizePlan(plans).digest;
    expect(digest(archive('a'), create('x@x.io'))).toBe(digest(create('x@x.io'), archive('a')));
    expect(digest(create('x@x.io'))).not.toBe(digest(create('y@x.io')));
    expect(digest(archive('a'))).not.toBe(digest(archive('a'), archive('b')));
  });
});
