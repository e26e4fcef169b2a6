import { expect, it } from 'vitest';
import type { JournalRow } from '../db/queries/contact-journal.ts';
import type { ContactRow } from '../db/queries/contacts-read.ts';
import { decideUndo } from './undo-run.ts';

const contact = {
  id: 'con_1',
  firstName: 'Ada',
  lastName: 'Lovelace',
  jobTitle: 'Countess',
  email: 'ada@example.com',
  customFields: { shoe: '38' },
  archivedAt: null,
} as unknown as ContactRow;

const entry = (seq: number, more: Partial<JournalRow>): JournalRow =>
  ({ seq, action: 'update', before: null, after: null, undoneBy: null, ...more }) as JournalRow;

it('gives values back that nobody has changed since, and leaves a later edit alone', () => {
  const decided = decideUndo(contact, [
    entry(1, {
      before: { jobTitle: 'Analyst', email: 'old@example.com' },
      after: { jobTitle: 'Countess', email: 'x@example.com' },
    }),
  ]);
  expect(decided).toMatchObject({ change: { jobTitle: 'Analyst' }, fields: ['jobTitle'], undone: [1] });
  expect(decided.skipped).toMatchObject([
    { field: 'email', reason: 'changed_since', contactName: 'Ada Lovelace' },
  ]);
});

it('goes back through several writes of one field to the value before the first', () => {
  const decided = decideUndo(contact, [
    entry(2, { before: { jobTitle: 'Author' }, after: { jobTitle: 'Countess' } }),
    entry(1, { before: { jobTitle: null }, after: { jobTitle: 'Author' } }),
  ]);
  expect(decided).toMatchObject({ change: { jobTitle: null }, skipped: [], undone: [2, 1] });
});

it('goes no further back than a value that somebody changed, even one that the run wrote before', () => {
  const decided = decideUndo(contact, [
    entry(2, { before: { jobTitle: 'Countess' }, after: { jobTitle: 'Author' } }),
    entry(1, { before: { jobTitle: 'Analyst' }, after: { jobTitle: 'Countess' } }),
  ]);
  expect(decided).toMatchObject({ fields: [], skipped: [{ field: 'jobTitle', reason: 'changed_since' }] });
  expect(decided).toMatchObject({ undone: [] });
});

it('leaves what flows one way from the provider, since that would come back', () => {
  const wrote = entry(1, { before: { jobTitle: 'Analyst' }, after: { jobTitle: 'Countess' } });
  const decided = decideUndo(contact, [wrote], new Set(['jobTitle']));
  expect(decided).toMatchObject({ fields: [], skipped: [{ field: 'jobTitle', reason: 'provider_wins' }] });
  expect(decided).toMatchObject({ undone: [] });
});

it('leaves what only one side had as both were tied, which taking it back would take from both', () => {
  const wrote = (before: string | null, rule: string) =>
    entry(1, { before: { jobTitle: before }, after: { jobTitle: 'Countess' }, rules: { jobTitle: rule } });
  expect(decideUndo(contact, [wrote(null, 'no_base')])).toMatchObject({
    fields: [],
    skipped: [{ field: 'jobTitle', reason: 'merged' }],
    undone: [],
  });
  expect(decideUndo(contact, [wrote('Analyst', 'no_base')]).change).toEqual({ jobTitle: 'Analyst' });
  expect(decideUndo(contact, [wrote(null, 'one_changed')]).change).toEqual({ jobTitle: null });
  const later = entry(2, { before: { jobTitle: 'Author' }, after: { jobTitle: 'Countess' } });
  const first = entry(1, {
    ...{ before: { jobTitle: null }, after: { jobTitle: 'Author' } },
    rules: { jobTitle: 'no_base' },
  });
  expect(decideUndo(contact, [later, first])).toMatchObject({ change: { jobTitle: 'Author' }, skipped: [] });
});

it('treats custom fields as others', () => {
  const wrote = entry(1, { before: { 'custom.shoe': null }, after: { 'custom.shoe': '38' } });
  expect(decideUndo(contact, [wrote]).change).toEqual({ customFields: { shoe: null } });
});

it('brings an archived contact back, and keeps one that came from the provider', () => {
  const at = '2026-11-24T00:00:00.000Z';
  const archived = { ...contact, archivedAt: at };
  expect(decideUndo(archived, [entry(1, { action: 'archive', at })])).toMatchObject({
    change: { archivedAt: null },
    skipped: [],
  });
  const again = { ...contact, archivedAt: '2026-11-24T00:00:01.000Z' };
  expect(decideUndo(again, [entry(1, { action: 'archive', at })])).toMatchObject({
    skipped: [{ reason: 'changed_since', field: null }],
    undone: [],
  });
  const deleted = entry(1, { action: 'delete', at: '2026-11-24T00:00:00.500Z' });
  expect(decideUndo(archived, [deleted])).toMatchObject({ change: { archivedAt: null }, skipped: [] });
  expect(decideUndo(again, [deleted])).toMatchObject({ skipped: [{ reason: 'changed_since' }], undone: [] });
  expect(decideUndo(contact, [entry(1, { action: 'create' })])).toMatchObject({
    fields: [],
    skipped: [{ reason: 'kept_at_provider', field: null }],
    undone: [],
  });
});

it('takes nothing back twice', () => {
  const before = entry(1, {
    before: { jobTitle: 'Analyst' },
    after: { jobTitle: 'Countess' },
    undoneBy: 'user:usr_1',
  });
  expect(decideUndo(contact, [before])).toEqual({
    fields: [],
    skipped: [expect.objectContaining({ reason: 'undone_already' })],
    undone: [],
  });
});
