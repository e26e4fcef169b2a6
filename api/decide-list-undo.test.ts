import { describe, expect, it } from 'vitest';
import type { ListJournalRow } from '../db/queries/list-journal.ts';
import { decideListUndo, decideMemberUndo } from './decide-list-undo.ts';

const entry = (seq: number, more: Partial<ListJournalRow>): ListJournalRow =>
  ({ seq, before: null, after: null, undoneBy: null, at: archived.archivedAt, ...more }) as ListJournalRow;
const rename = (seq: number, before: string, after: string) =>
  entry(seq, { action: 'rename', before, after });
const choir = { name: 'Choir', archivedAt: null };
const archived = { ...choir, archivedAt: '2026-11-29T00:00:00.000Z' };

describe('a list', () => {
  it('goes back through several names to the one before the first', () => {
    const entries = [rename(2, 'Band', 'Choir'), rename(1, 'Crew', 'Band')];
    expect(decideListUndo(choir, entries, false)).toEqual({
      ...{ change: { name: 'Crew' }, reasons: [], undone: [2, 1] },
    });
  });

  it('keeps a name that somebody gave it since, even one that the run wrote before', () => {
    const entries = [rename(2, 'Choir', 'Band'), rename(1, 'Crew', 'Choir')];
    expect(decideListUndo(choir, entries, false)).toEqual({ reasons: ['changed_since'], undone: [] });
  });

  it('keeps a name that the provider decides', () => {
    expect(decideListUndo(choir, [rename(1, 'Crew', 'Choir')], true)).toEqual({
      ...{ reasons: ['provider_wins'], undone: [] },
    });
  });

  it.each(['archive', 'delete'] as const)(
    'comes back with its former name where the run archived it here or took its group away (%s)',
    (action) => {
      const entries = [entry(2, { action }), rename(1, 'Crew', 'Choir')];
      expect(decideListUndo(archived, entries, false)).toEqual({
        ...{ change: { name: 'Crew', archivedAt: null }, reasons: [], undone: [2, 1] },
      });
      expect(decideListUndo(choir, [entry(2, { action })], false)).toEqual({
        ...{ reasons: ['changed_since'], undone: [] },
      });
      const again = { ...choir, archivedAt: '2026-11-29T00:02:00.000Z' };
      expect(decideListUndo(again, [entry(2, { action })], false)).toEqual({
        ...{ reasons: ['changed_since'], undone: [] },
      });
    },
  );

  it('stays in the archive where somebody put it there since', () => {
    expect(decideListUndo(archived, [rename(1, 'Crew', 'Choir')], false)).toEqual({
      ...{ reasons: ['list_gone'], undone: [] },
    });
  });

  it.each(['create', 'restore'] as const)('stays where the run brought it (%s)', (action) => {
    expect(decideListUndo(choir, [entry(1, { action })], false)).toEqual({
      ...{ reasons: ['kept_at_provider'], undone: [] },
    });
  });

  it('is told once where it is gone, or went into another one', () => {
    const entries = [rename(2, 'Band', 'Choir'), entry(1, { action: 'create' })];
    expect(decideListUndo(undefined, entries, false)).toEqual({ reasons: ['list_gone'], undone: [] });
    expect(decideListUndo(undefined, [entry(1, { action: 'merge' })], false)).toEqual({
      ...{ reasons: ['merged'], undone: [] },
    });
  });

  it('is taken back once', () => {
    const undone = { ...rename(1, 'Crew', 'Choir'), undoneBy: 'user:usr_1' };
    expect(decideListUndo(choir, [undone], false)).toEqual({ reasons: ['undone_already'], undone: [] });
  });
});

describe('a membership', () => {
  const free = { gone: undefined, isOfProvider: () => false };
  const join = (seq: number) => entry(seq, { action: 'join' });
  const leave = (seq: number) => entry(seq, { action: 'leave' });

  it('is the opposite again, and stays where somebody changed it since', () => {
    expect(decideMemberUndo(true, [join(1)], free)).toEqual({ isMember: false, undone: [1] });
    expect(decideMemberUndo(false, [leave(1)], free)).toEqual({ isMember: true, undone: [1] });
    expect(decideMemberUndo(false, [join(1)], free)).toEqual({ reason: 'changed_since', undone: [] });
  });

  it('is left as it is where the run ended with what it began with', () => {
    expect(decideMemberUndo(false, [leave(2), join(1)], free)).toEqual({ undone: [2, 1] });
  });

  it('stays where its contact or list is gone, the provider decides it, or it was taken back before', () => {
    const gone = { ...free, gone: 'contact_gone' as const };
    expect(decideMemberUndo(false, [leave(1)], gone)).toEqual({ reason: 'contact_gone', undone: [] });
    const ofProvider = { ...free, isOfProvider: (isMember: boolean) => isMember };
    expect(decideMemberUndo(false, [leave(1)], ofProvider)).toEqual({ reason: 'provider_wins', undone: [] });
    expect(decideMemberUndo(true, [join(1)], ofProvider)).toEqual({ isMember: false, undone: [1] });
    const undone = { ...leave(1), undoneBy: 'user:usr_1' };
    expect(decideMemberUndo(false, [undone], gone)).toEqual({ reason: 'undone_already', undone: [] });
  });
});
