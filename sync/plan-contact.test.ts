import { describe, expect, it } from 'vitest';
import type { ContactFields, FieldName } from './contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS } from './default-mappings.ts';
import type { Direction } from './direction.ts';
import { compileMapping } from './map-contact.ts';
import type { PlanSettings } from './merge-fields.ts';
import type { ContactLink, LocalContact, RemoteView } from './operations.ts';
import { markersOf, type Person } from './person.ts';
import { planContact, planUnlink, withMarker } from './plan-contact.ts';

const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);
const settings = (direction: Direction = 'both'): PlanSettings => ({ mapping, direction, policy: 'newest' });

function person(givenName = 'Ada', email = 'ada@x.io'): Person {
  return {
    resourceName: 'people/c1',
    etag: 'p7',
    metadata: { sources: [{ type: 'CONTACT', id: 'c1', etag: 'e7', updateTime: '2026-01-02T00:00:00.25Z' }] },
    names: [{ givenName }],
    emailAddresses: [{ value: email, type: 'home' }, { value: 'other@x.io' }],
    nicknames: [{ value: 'Addie' }],
  };
}
const fields = { firstName: 'Ada', email: 'ada@x.io' };
const local = (more: Partial<LocalContact> = {}): LocalContact => ({
  id: 'con_1',
  version: 3,
  fields,
  ...more,
});
const bases = Object.fromEntries(
  mapping.fields.map(({ field }) => {
    const value = (fields as Record<string, string>)[field] ?? null;
    return [field, { local: value, remote: value }];
  }),
);
const link: ContactLink = { contactId: 'con_1', resourceName: 'people/c1', localVersion: 3, bases };
const live = (who: Person): RemoteView => ({ state: 'live', person: who });

describe('both live', () => {
  it('plans nothing while both stand as agreed, whatever the etag', () => {
    const touched = { ...person(), etag: 'p8' };
    expect(planContact(settings(), { local: local(), remote: live(touched), link }).operations).toEqual([]);
  });

  it('sends one change: its list alone and whole, the etag that was read, the rest untouched', () => {
    const edited = local({ version: 4, fields: { ...fields, email: 'new@x.io' } });
    expect(planContact(settings(), { local: edited, remote: live(person()), link }).operations).toEqual([
      {
        kind: 'update_remote',
        contactId: 'con_1',
        resourceName: 'people/c1',
        localVersion: 4,
        mask: ['emailAddresses'],
        body: {
          resourceName: 'people/c1',
          etag: 'p7',
          metadata: person().metadata,
          emailAddresses: [{ value: 'new@x.io', type: 'home' }, { value: 'other@x.io' }],
        },
        sent: { email: 'new@x.io' },
      },
    ]);
  });

  it('pulls under compare-and-set of the local version', () => {
    const plan = planContact(settings(), { local: local(), remote: live(person('Augusta')), link });
    expect(plan.operations).toEqual([
      {
        kind: 'update_local',
        contactId: 'con_1',
        resourceName: 'people/c1',
        expectedVersion: 3,
        fields: { firstName: 'Augusta' },
        bases: { firstName: { local: 'Augusta', remote: 'Augusta' } },
      },
    ]);
  });

  it.each([
    ['2026-01-02T00:00:00.3Z', 'harmony'],
    ['2026-01-02T00:00:00.2Z', 'provider'],
    [undefined, 'harmony'],
  ] as const)('edited here at %s, the newest is %s, and the loser is logged', (editedAt, winner) => {
    const mine = local({ version: 4, fields: { ...fields, firstName: 'Bo' }, ...(editedAt && { editedAt }) });
    const { conflicts } = planContact(settings(), { local: mine, remote: live(person('Cy')), link });
    expect(conflicts).toMatchObject([
      { field: 'firstName', winner, local: 'Bo', remote: 'Cy', rule: 'both_changed' },
    ]);
  });

  it.each([
    ['2026-01-02T00:00:00.3Z', undefined, 'harmony'],
    ['2026-01-02T00:00:00.2Z', undefined, 'provider'],
    ['2026-01-02T00:00:00.1Z', undefined, 'provider'],
    ['2026-01-02T00:00:00.1Z', '2026-01-02T00:00:00.3Z', 'harmony'],
    ['2026-01-02T00:00:00.3Z', '2026-01-02T00:00:00.1Z', 'harmony'],
  ] as const)(
    'brought from what was edited at %s and edited here at %s, the newest is %s',
    (remoteEditedAt, editedAt, winner) => {
      const at = { remoteEditedAt, ...(editedAt && { editedAt }) };
      const mine = local({ version: 4, fields: { ...fields, firstName: 'Bo' }, ...at });
      const { conflicts } = planContact(settings(), { local: mine, remote: live(person('Cy')), link });
      expect(conflicts).toMatchObject([{ winner }]);
    },
  );

  it("follows a person's decision for one field", () => {
    const always = { ...settings(), fieldPolicies: { firstName: 'provider' as const } };
    const mine = local({ fields: { ...fields, firstName: 'Bo' }, editedAt: '2027-01-01T00:00:00Z' });
    const { conflicts } = planContact(always, { local: mine, remote: live(person('Cy')), link });
    expect(conflicts).toMatchObject([{ winner: 'provider', policy: 'provider' }]);
  });

  it('parks a value that Google cannot hold, and sends the rest', () => {
    const odd = local({ version: 4, fields: { ...fields, firstName: 'Bo', birthday: 'in May' } });
    const { operations } = planContact(settings(), { local: odd, remote: live(person()), link });
    expect(operations).toMatchObject([
      { kind: 'update_remote', sent: { firstName: 'Bo' } },
      { kind: 'park', field: 'birthday', reason: 'unstorable_value' },
    ]);
  });
});

describe('creates', () => {
  it('creates either way where the direction permits', () => {
    const here = { local: local(), remote: { state: 'none' } as const, link: null };
    const there = { local: null, remote: live(person()), link: null };
    const kinds = (direction: Direction) =>
      [here, there].map((situation) => planContact(settings(direction), situation).operations[0]?.kind);
    expect(kinds('both')).toEqual(['create_remote', 'create_local']);
    expect(kinds('from_provider')).toEqual([undefined, 'create_local']);
    expect(kinds('to_provider')).toEqual(['create_remote', undefined]);
  });

  it('never sends a second create while the first is open', () => {
    const open = { local: local(), remote: { state: 'none' } as const, link: null, hasOpenCreate: true };
    expect(planContact(settings(), open).operations).toEqual([]);
  });

  it('marks the body with the op id and keeps other client data', () => {
    const body = withMarker({ clientData: [{ key: 'theirs', value: 'x' }] }, 'op_1');
    expect(body.clientData).toHaveLength(2);
    expect(markersOf(body)).toEqual(['op_1']);
  });

  it('creates no empty contact', () => {
    const blank = { local: local({ fields: {} }), remote: { state: 'none' } as const, link: null };
    expect(planContact(settings(), blank).operations).toEqual([]);
  });
});

describe('deletes', () => {
  const deleted: RemoteView = { state: 'deleted' };
  const deletedByUs: RemoteView = { state: 'deleted', byUs: true };
  const edited = local({ version: 4, fields: { ...fields, firstName: 'Bo' } });
  const archived = local({ archived: true, version: 4 });
  const first = (
    direction: Direction,
    situation: Omit<Parameters<typeof planContact>[1], 'link'>,
    of = link,
  ) => planContact(settings(direction), { ...situation, link: of }).operations[0];

  it.each<[string, Direction, LocalContact, RemoteView, object | undefined]>([
    [
      'remote deleted, local unchanged',
      'both',
      local(),
      deleted,
      { kind: 'archive_local', snapshot: fields },
    ],
    [
      'remote deleted, local edited',
      'both',
      edited,
      deleted,
      { kind: 'create_remote', replaces: 'people/c1' },
    ],
    ['remote deleted, an unmapped edit', 'both', local({ version: 9 }), deleted, { kind: 'create_remote' }],
    [
      'the same, direction forbids',
      'from_provider',
      edited,
      deleted,
      { kind: 'unlink', reason: 'direction' },
    ],
    ['remote deleted, Harmony is the source', 'to_provider', local(), deleted, { kind: 'create_remote' }],
    ['remote deleted late by us', 'both', local(), deletedByUs, { kind: 'create_remote' }],
    ['the same, direction forbids', 'from_provider', local(), deletedByUs, { kind: 'unlink' }],
    ['remote deleted late by us, and here', 'both', archived, deletedByUs, { kind: 'tombstone' }],
    ['local deleted, remote unchanged', 'both', archived, live(person()), { kind: 'delete_remote' }],
    ['local deleted, remote edited', 'both', archived, live(person('Cy')), { kind: 'restore_local' }],
    ['the same, direction forbids', 'to_provider', archived, live(person('Cy')), { kind: 'unlink' }],
    ['local deleted, one-way from the provider', 'from_provider', archived, live(person()), undefined],
    ['both deleted', 'both', archived, deleted, { kind: 'tombstone' }],
    ['remote missing without evidence', 'both', local(), { state: 'missing' }, undefined],
  ])('%s (%s)', (_, direction, here, remote, expected) => {
    const operation = first(direction, { local: here, remote });
    if (expected) expect(operation).toMatchObject(expected);
    else expect(operation).toBeUndefined();
  });

  it('brings back what a person restored in Google instead of deleting it again', () => {
    const gone = { ...link, tombstoned: true };
    expect(first('both', { local: archived, remote: live(person()) }, gone)?.kind).toBe('restore_local');
    expect(first('both', { local: archived, remote: deleted }, gone)).toBeUndefined();
  });

  it('unlinks what is gone at Google where another account has it, unless it was edited here', () => {
    const shared = { ...link, livesElsewhere: true };
    const unlink = { kind: 'unlink', reason: 'lives_elsewhere' };
    expect(first('both', { local: local(), remote: deleted }, shared)).toMatchObject(unlink);
    expect(first('from_provider', { local: local(), remote: deleted }, shared)).toMatchObject(unlink);
    expect(first('both', { local: edited, remote: deleted }, shared)?.kind).toBe('create_remote');
  });

  it('unlinks what is gone at Google when all that is left here is a value that Google cannot hold', () => {
    const birthday = compileMapping([{ field: 'birthday', path: 'birthdays.date', direction: 'both' }]);
    const odd = local({ fields: { birthday: 'in May' } });
    const toProvider = { mapping: birthday, direction: 'to_provider', policy: 'newest' } as const;
    const situation = { local: odd, remote: deleted, link: { ...link, bases: {} } };
    expect(planContact(toProvider, situation).operations).toMatchObject([
      { kind: 'park', field: 'birthday', reason: 'unstorable_value' },
      { kind: 'unlink', reason: 'nothing_to_send' },
    ]);
  });

  it('takes for no edit that a field is mapped by now', () => {
    const { notes: _, ...without } = bases;
    const before = DEFAULT_FIELD_MAPPINGS.filter(({ field }) => field !== 'notes');
    const noted = live({ ...person(), biographies: [{ value: 'only at Google' }] });
    const agreed = { mapping: compileMapping(before), bases: without };
    const since = { ...link, bases: without, agreed };
    expect(first('both', { local: archived, remote: noted }, since)?.kind).toBe('delete_remote');
    const edited = live({ ...person('Cy'), biographies: [{ value: 'only at Google' }] });
    expect(first('both', { local: archived, remote: edited }, since)?.kind).toBe('restore_local');
  });

  it('takes for no edit what stands at Google in place of a value that it cannot hold', () => {
    const { birthday: _, ...without } = bases;
    const born = live({ ...person(), birthdays: [{ date: { month: 5, day: 1 } }] });
    const odd = local({ archived: true, version: 4, fields: { ...fields, birthday: 'in May' } });
    const unsure = { ...link, bases: without };
    expect(first('both', { local: odd, remote: born }, unsure)?.kind).toBe('delete_remote');
    expect(first('both', { local: archived, remote: born }, unsure)?.kind).toBe('restore_local');
  });

  it('takes a value without a base for an edit, but not a blank, which a delete cannot lose', () => {
    const { firstName: _, ...without } = bases;
    const unsure = { ...link, bases: without };
    const nameless = { ...person(), names: [] };
    expect(first('both', { local: archived, remote: live(person()) }, unsure)?.kind).toBe('restore_local');
    expect(first('both', { local: archived, remote: live(nameless) }, unsure)?.kind).toBe('delete_remote');
    expect(first('both', { local: archived, remote: live(nameless) })?.kind).toBe('restore_local');
  });

  it.each<[string, Direction, Direction, string | undefined]>([
    ['goes to Google alone', 'both', 'to_provider', 'delete_remote'],
    ['goes to Google alone, as all do', 'to_provider', 'both', 'delete_remote'],
    ['flows neither way', 'from_provider', 'to_provider', undefined],
    ['comes from Google', 'both', 'from_provider', 'restore_local'],
  ])(
    'deletes whatever stands at Google without a base in a field that %s (%s, %s)',
    (_, direction, of, kind) => {
      const mapped = DEFAULT_FIELD_MAPPINGS.map((one) =>
        one.field === 'notes' ? { ...one, direction: of } : one,
      );
      const { notes: __, ...without } = bases;
      const noted = { ...person(), biographies: [{ value: 'only at Google' }] };
      const [operation] = planContact(
        { mapping: compileMapping(mapped), direction, policy: 'newest' },
        { local: archived, remote: live(noted), link: { ...link, bases: without } },
      ).operations;
      expect(operation?.kind).toBe(kind);
    },
  );

  it('does not take a missing Harmony row for a delete', () => {
    expect(first('both', { local: null, remote: live(person()) })?.kind).toBe('create_local');
  });

  it('relinks to the one contact that took over the marker or e-mail, else asks', () => {
    const standIn = { resourceName: 'people/c9', by: 'marker' as const, linked: false };
    const withStandIns = (...standIns: (typeof standIn)[]) =>
      first('both', { local: local(), remote: { state: 'deleted', standIns } });
    expect(withStandIns(standIn)).toMatchObject({ kind: 'link', resourceName: 'people/c9' });
    expect(withStandIns({ ...standIn, linked: true })).toMatchObject({
      kind: 'park',
      reason: 'maybe_merged',
    });
    expect(withStandIns(standIn, { ...standIn, resourceName: 'people/c8' })).toMatchObject({
      kind: 'park',
      candidates: ['people/c8', 'people/c9'],
    });
  });

  it.each(['unmapped', 'disconnected', 'forbidden'] as const)(
    '%s: unlinks and writes nothing to either side',
    (why) => {
      expect(planUnlink(link, why).operations).toEqual([
        { kind: 'unlink', contactId: 'con_1', resourceName: 'people/c1', reason: why },
      ]);
    },
  );
});

describe('values that were never agreed on', () => {
  const ada: Person = {
    ...person(),
    emailAddresses: [
      { value: 'ada@home.io', type: 'home' },
      { value: 'Ada@work.io', type: 'work' },
    ],
    organizations: [{ name: 'Beta', title: 'CTO' }, { name: 'Acme' }],
  };
  const known = local({
    fields: { firstName: 'Ada', email: 'ada@work.io', company: 'Acme', jobTitle: 'CEO' },
  });
  const tied = { ...link, bases: {}, localVersion: 0 };
  const plan = (direction: Direction) =>
    planContact(settings(direction), { local: known, remote: live(ada), link: tied });

  it('are those of the element that has what Harmony has, so that none is overwritten with what stands beside it', () => {
    for (const direction of ['both', 'to_provider'] as const) {
      const { operations, conflicts } = plan(direction);
      expect(conflicts).toEqual([]);
      expect(operations.find(({ kind }) => kind === 'update_remote')).toMatchObject({
        mask: ['organizations'],
        body: {
          organizations: [
            { name: 'Beta', title: 'CTO' },
            { name: 'Acme', title: 'CEO' },
          ],
        },
      });
      expect(operations.find(({ kind }) => kind === 'rebase')).toMatchObject({
        bases: { email: { local: 'ada@work.io', remote: 'Ada@work.io' }, company: { remote: 'Acme' } },
      });
    }
  });

  it('are found likewise where other fields of the list are agreed on, as after the direction of one was changed', () => {
    const blank = { local: null, remote: null };
    const phones = ['1', '2', '3'].map((value) => ({ value }));
    const mapping = compileMapping([
      ...DEFAULT_FIELD_MAPPINGS.filter(({ path }) => path.startsWith('organizations')),
      { field: 'phone', path: 'phoneNumbers.value', direction: 'both' },
      { field: 'custom.mobile', path: 'phoneNumbers[type=mobile].value', direction: 'both' },
    ]);
    const remote = { ...person(), phoneNumbers: [...phones, { value: '4', type: 'mobile' }] };
    const { operations, conflicts } = planContact(
      { ...settings('both'), mapping, policy: 'harmony' },
      {
        local: local({ fields: { company: 'Acme', phone: '3', 'custom.mobile': '4' } }),
        remote: live({ ...remote, organizations: [{ name: 'Beta' }, { name: 'Acme' }] }),
        link: {
          ...link,
          bases: { jobTitle: blank, department: blank, 'custom.mobile': { local: '4', remote: '4' } },
        },
      },
    );
    expect(conflicts).toEqual([]);
    expect(operations.find(({ kind }) => kind === 'update_remote')).toBeUndefined();
    expect(operations.find(({ kind }) => kind === 'rebase')).toMatchObject({
      bases: { company: { remote: 'Acme' }, phone: { remote: '3' } },
    });
  });

  it('are the first ones where they only come from Google', () => {
    expect(plan('from_provider').operations).toMatchObject([
      { kind: 'update_local', fields: { email: 'ada@home.io', company: 'Beta', jobTitle: 'CTO' } },
    ]);
  });

  it('are those of the configured label first', () => {
    const mapping = compileMapping([
      { field: 'email', path: 'emailAddresses[type=home].value', direction: 'both' },
    ]);
    const home = {
      ...ada,
      emailAddresses: [...(ada.emailAddresses as []), { value: 'a@x.io', type: 'home' }],
    };
    const of = (email: string) =>
      planContact(
        { ...settings(), mapping },
        { local: local({ fields: { email } }), remote: live(home), link: tied },
      ).conflicts.map(({ remote }) => remote);
    expect(of('ada@work.io')).toEqual(['ada@home.io']);
    expect(of('a@x.io')).toEqual([]);
  });

  it('are found beside a field of the same list that has agreed already', () => {
    const mapping = compileMapping([
      { field: 'phone', path: 'phoneNumbers.value', direction: 'both' },
      { field: 'custom.mobile', path: 'phoneNumbers[type=mobile].value', direction: 'both' },
    ]);
    const [home, mobile, work] = [
      { value: '020 1', type: 'home' },
      { value: '020 2', type: 'mobile' },
      { value: '020 3', type: 'work' },
    ];
    const plan = (phoneNumbers: object[], fields: ContactFields, agreed: FieldName) => {
      const value = fields[agreed] ?? null;
      return planContact(
        { ...settings(), mapping },
        {
          local: local({ fields }),
          remote: live({ ...person(), phoneNumbers } as Person),
          link: { ...link, bases: { [agreed]: { local: value, remote: value } } },
        },
      );
    };
    const plans = [
      plan([home, mobile, work], { phone: '020 3', 'custom.mobile': '020 2' }, 'custom.mobile'),
      plan([home, work], { phone: '020 1', 'custom.mobile': '020 3' }, 'phone'),
    ];
    expect(plans.map(({ operations }) => operations.map(({ kind }) => kind))).toEqual([
      ['rebase'],
      ['rebase'],
    ]);
  });
});
