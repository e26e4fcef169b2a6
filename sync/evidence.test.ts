// What counts as evidence: deletes, staleness, renames, echoes, the breaker, and recovery after unknown answers.
import { describe, expect, it } from 'vitest';
import { basesFromAck } from './acknowledge.ts';
import { checkBreaker } from './breaker.ts';
import { DEFAULT_FIELD_MAPPINGS } from './default-mappings.ts';
import { isTombstoneExpired, judgeAbsence } from './delete-evidence.ts';
import { compareInstants } from './instant.ts';
import { compileMapping } from './map-contact.ts';
import { isEcho, isStaleObservation, planRenames, supersededBy } from './observation.ts';
import { isUntouched, recoverCreate } from './recover-create.ts';
import { remedyStaleVersion } from './recover-stale-version.ts';

const MINUTE_MS = 60_000;
const graceMs = 15 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe('remote deletes (15, 20)', () => {
  const listing = { kind: 'full', complete: true, startedAtMs: graceMs } as const;
  const proof = { deleted: false, listing, notFoundAtMs: graceMs, lastAliveAtMs: 0 };

  it('takes a tombstone as proof, and a complete full listing together with a 404', () => {
    expect(judgeAbsence({ deleted: true, lastAliveAtMs: 0 }, graceMs)).toBe('deleted');
    expect(judgeAbsence(proof, graceMs)).toBe('deleted');
    expect(judgeAbsence({ deleted: false, listing, lastAliveAtMs: 0 }, graceMs)).toBe('verify');
  });

  it.each([
    [
      'an incremental listing',
      { ...proof, listing: { ...listing, kind: 'incremental' as const } },
      'unknown',
    ],
    ['an incomplete listing', { ...proof, listing: { ...listing, complete: false } }, 'unknown'],
    ['a listing too soon after a sign of life', { ...proof, lastAliveAtMs: 1 }, 'unknown'],
    ['a 404 alone', { deleted: false, notFoundAtMs: graceMs, lastAliveAtMs: 0 }, 'unknown'],
    ['a 404 from too early', { ...proof, notFoundAtMs: graceMs - 1 }, 'verify'],
  ])('infers nothing from %s', (_, absence, verdict) => {
    expect(judgeAbsence(absence, graceMs)).toBe(verdict);
  });

  it('keeps tombstones for 30 days', () => {
    expect(isTombstoneExpired(0, 30 * DAY_MS)).toBe(false);
    expect(isTombstoneExpired(0, 30 * DAY_MS + 1)).toBe(true);
  });
});

describe('the breaker (19)', () => {
  it.each([
    [{ links: 100, deletes: 10 }, undefined],
    [{ links: 100, deletes: 11 }, 'too_many_deletes'],
    [{ links: 1000, deletes: 50 }, undefined],
    [{ links: 1000, deletes: 51 }, 'too_many_deletes'],
    [{ links: 1, deletes: 0, listing: { complete: true, contacts: 0 } }, 'empty_remote'],
    [{ links: 1, deletes: 0, listing: { complete: false, contacts: 0 } }, undefined],
    [{ links: 0, deletes: 0, listing: { complete: true, contacts: 0 } }, undefined],
  ])('%j → %s', (input, reason) => {
    const verdict = checkBreaker(input);
    expect(verdict.tripped ? verdict.reason : undefined).toBe(reason);
  });
});

describe('observations (5, 6, 11)', () => {
  const at = (updateTime: string, etag = 'e1') => ({
    etag: `p-${etag}`,
    metadata: { sources: [{ type: 'CONTACT', etag, updateTime }] },
  });

  it('compares nine fractional digits', () => {
    expect(compareInstants('2026-01-01T00:00:00.000000002Z', '2026-01-01T00:00:00.000000001Z')).toBe(1);
    expect(compareInstants('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z')).toBe(0);
    expect(compareInstants('2026-01-01T00:00:00.5Z', '2026-01-01T00:00:01Z')).toBe(-1);
  });

  it('drops what is older than the last acked write or carries a superseded etag', () => {
    const known = { latestUpdateTime: '2026-01-01T00:00:01.5Z', supersededEtags: ['e0'] };
    expect(isStaleObservation(at('2026-01-01T00:00:01.4Z'), known)).toBe(true);
    expect(isStaleObservation(at('2026-01-01T00:00:01.500Z'), known)).toBe(false);
    expect(isStaleObservation(at('2026-01-01T00:00:09Z', 'e0'), known)).toBe(true);
    expect(isStaleObservation({ metadata: { deleted: true } }, known)).toBe(false);
    expect(supersededBy(at('2026-01-01T00:00:00Z'))).toEqual(['p-e1', 'e1']);
  });

  it('renames a link, whatever the order, and leaves each other claim on a contact to a person', () => {
    const persons = [
      { resourceName: 'people/b', metadata: { previousResourceNames: ['people/a', 'people/a0'] } },
      { resourceName: 'people/d', metadata: { previousResourceNames: ['people/c'] } },
      { resourceName: 'people/z', metadata: { previousResourceNames: ['people/z'] } },
      { resourceName: 'people/y', metadata: { previousResourceNames: ['people/x'] } },
      { resourceName: 'people/y', metadata: { previousResourceNames: ['people/w'] } },
      { resourceName: 'people/g', metadata: { previousResourceNames: ['people/f'] } },
    ];
    const linked = new Set(['a', 'c', 'd', 'f', 'w', 'x', 'z'].map((name) => `people/${name}`));
    const expected = {
      renames: [
        { from: 'people/a', to: 'people/b' },
        { from: 'people/w', to: 'people/y' },
      ],
      collisions: [
        { from: ['people/c'], to: 'people/d' },
        { from: ['people/f'], to: 'people/g' },
        { from: ['people/x'], to: 'people/y' },
      ],
    };
    const isLinked = (name: string) => linked.has(name);
    const isTaken = (name: string) => isLinked(name) || name === 'people/g';
    expect(planRenames(persons, isLinked, isTaken)).toEqual(expected);
    expect(planRenames(persons.toReversed(), isLinked, isTaken)).toEqual(expected);
  });

  it('knows its own write again, even normalised, and nothing else', () => {
    const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);
    const sent = Object.fromEntries(mapping.fields.map(({ field }) => [field, null]));
    const body = { phoneNumbers: [{ value: '0201' }] };
    const answer = { phoneNumbers: [{ value: 'tel:0201' }] };
    const acked = basesFromAck({ mapping, bases: {}, sent: { ...sent, phone: '0201' }, body, answer });
    expect(acked.phone).toEqual({ local: '0201', remote: 'tel:0201' });
    expect(isEcho(mapping, answer, acked)).toBe(true);
    expect(isEcho(mapping, { phoneNumbers: [{ value: '0202' }] }, acked)).toBe(false);
    expect(isEcho(mapping, answer, {})).toBe(false);
  });

  it('knows the employer that it wrote by one value that came back as sent, whatever became of the others', () => {
    const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);
    const bases = { department: { local: 'Looms', remote: 'Looms' } };
    const sent = { jobTitle: 'CTO', company: 'Acme & Sons' };
    const other = { department: 'Looms' };
    const body = { organizations: [{ ...other, title: 'CTO', name: 'Acme & Sons' }, other] };
    const answer = { organizations: [{ ...other, title: 'CTO', name: 'ACME' }, other] };
    const acked = basesFromAck({ mapping, bases, sent, body, answer });
    expect(acked.company).toEqual({ local: 'Acme & Sons', remote: 'ACME' });
    expect(mapping.readPerson(answer, acked)).toMatchObject({ company: 'ACME', jobTitle: 'CTO' });
  });

  it('takes what moves up where the write cleared a value for no value of another field, as long as it stands there', () => {
    const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);
    const blank = { local: null, remote: null };
    const bases = { company: { local: 'Acme', remote: 'Acme' }, department: blank };
    const clear = { mapping, sent: { company: null } };
    const answer = { organizations: [{ department: 'Looms' }] };
    const acked = basesFromAck({ ...clear, bases, body: answer, answer });
    expect(mapping.readPerson(answer, acked).department).toBeNull();
    const gone = { organizations: [] };
    expect(basesFromAck({ ...clear, bases: acked, body: gone, answer: gone }).department).toEqual(blank);
  });
});

describe('a create without an answer (13)', () => {
  const full = { kind: 'full', complete: true, startedAtMs: graceMs } as const;
  const carrier = (resourceName: string, more = {}) => ({
    person: { resourceName },
    linked: false,
    merged: false,
    untouched: true,
    ...more,
  });
  const recover = (
    carriers: ReturnType<typeof carrier>[],
    listing: Parameters<typeof recoverCreate>[0]['listing'] = full,
  ) => recoverCreate({ sentAtMs: 0, carriers, listing, graceMs });

  it('adopts by marker, and resends only after a complete listing that started D after the send', () => {
    expect(recover([carrier('people/a')])).toMatchObject({ action: 'adopt', keep: 'people/a' });
    expect(recover([]).action).toBe('resend');
    expect(recover([], { ...full, startedAtMs: graceMs - 1 }).action).toBe('wait');
    expect(recover([], { ...full, complete: false }).action).toBe('wait');
    expect(recover([], { kind: 'incremental', complete: true, startedAtMs: graceMs }).action).toBe('wait');
  });

  it('keeps one of two by a fixed rule, removes an untouched double, leaves a touched one for review', () => {
    const doubles = [carrier('people/c', { untouched: false }), carrier('people/b'), carrier('people/a')];
    const expected = { action: 'adopt', keep: 'people/a', remove: ['people/b'], review: ['people/c'] };
    expect(recover(doubles)).toEqual(expected);
    expect(recover(doubles.toReversed())).toEqual(expected);
    expect(recover([carrier('people/a'), carrier('people/z', { linked: true })])).toMatchObject({
      keep: 'people/z',
    });
  });

  it('leaves it to a person where what was made is another contact by now', () => {
    const merged = carrier('people/b', { linked: true, merged: true });
    expect(recover([merged])).toEqual({ action: 'review', candidates: ['people/b'] });
    expect(recover([merged, carrier('people/z')])).toMatchObject({ action: 'adopt', keep: 'people/z' });
  });

  it('calls a contact untouched that holds what was sent and no more', () => {
    const body = { names: [{ givenName: 'Ada' }] };
    const stored = { names: [{ givenName: 'Ada', displayName: 'Ada' }], memberships: [{}] };
    expect(isUntouched(stored, body)).toBe(true);
    expect(isUntouched({ ...stored, nicknames: [{ value: 'x' }] }, body)).toBe(false);
    expect(isUntouched({ ...stored, imClients: [{ username: 'ada' }] }, body)).toBe(false);
    const memberships = [{ contactGroupMembership: { contactGroupResourceName: 'contactGroups/g1' } }];
    expect(isUntouched({ ...stored, memberships }, body)).toBe(true);
    const emails = (type: string) => ({ emailAddresses: [{ value: 'a@x.io', type }] });
    expect(isUntouched(emails('Work'), emails('work'))).toBe(true);
    expect(isUntouched(emails('home'), emails('work'))).toBe(false);
  });

  it('takes what Google derives, and in which order it says it, for no edit of what a contact had before it was made anew', () => {
    const sent = { imClients: [{ username: 'ada', protocol: 'jabber', type: 'home' }] };
    const formatted = { formattedType: 'Home', formattedProtocol: 'Jabber' };
    const made = (type: string) => ({
      imClients: [{ metadata: { primary: true }, type, ...formatted, protocol: 'jabber', username: 'ada' }],
    });
    expect(isUntouched(made('home'), sent)).toBe(true);
    expect(isUntouched(made('work'), sent)).toBe(false);
  });
});

describe('a refused etag (12)', () => {
  it('prefers a fresh etag, backs off on a stale get, parks in the end, and never goes without', () => {
    expect(remedyStaleVersion({ refusedEtags: ['e1'], readEtag: 'e2', attempts: 1 })).toEqual({
      action: 'replan',
      etag: 'e2',
    });
    expect(
      remedyStaleVersion({ refusedEtags: ['e1'], readEtag: 'e1', answerEtag: 'e2', attempts: 1 }),
    ).toEqual({
      action: 'replan',
      etag: 'e2',
    });
    expect(remedyStaleVersion({ refusedEtags: ['e1'], readEtag: 'e1', attempts: 2 })).toEqual({
      action: 'back_off',
      delayMs: 4_000,
    });
    expect(remedyStaleVersion({ refusedEtags: ['e1'], readEtag: 'e2', attempts: 5 }).action).toBe('park');
  });
});
