import { expect, test } from 'vitest';
import { paths, readRoute } from './routes.ts';

const read = (path: string) => readRoute(new URL(path, 'http://localhost'));

test('what is written is read again, whatever an id holds', () => {
  const id = 'int_ä/b?c';
  expect(read(paths.integration(id, 'sync'))).toMatchObject({ page: 'integration', id, tab: 'sync' });
  expect(read(paths.plan(id, 'pln_1'))).toMatchObject({ id, tab: 'plan', planId: 'pln_1' });
  expect(read(paths.conflicts(id, 'con_ä'))).toMatchObject({ id, tab: 'conflicts', contactId: 'con_ä' });
  expect(read(paths.data('contacts', id))).toMatchObject({ page: 'contacts', integrationId: id });
  expect(read(paths.list(id))).toMatchObject({ page: 'contacts', listId: id, id: undefined });
  expect(read(paths.archivedContacts)).toMatchObject({ page: 'contacts', archived: true, listId: undefined });
  expect(read(paths.data('contacts'))).toMatchObject({ archived: false });
  expect(read(paths.data('calendar'))).toMatchObject({ page: 'calendar', integrationId: undefined });
  expect(read(paths.item('tasks', id))).toMatchObject({ page: 'tasks', id });
  expect(read(paths.search({ q: 'a & b', type: 'task' }))).toEqual({
    page: 'search',
    q: 'a & b',
    type: 'task',
  });
});

test('an embedded page has the same addresses below /embed', () => {
  expect(read('/embed').page).toBe('integrations');
  expect(read(`/embed${paths.integration('int_1', 'sync')}`)).toMatchObject({ id: 'int_1', tab: 'sync' });
});

test.each(['/', '/settings', '/settings/integrations', '/settings/integrations/'])(
  '%s shows the integrations',
  (path) => {
    expect(read(path).page).toBe('integrations');
  },
);

test.each(['/settings/elsewhere', '/data/elsewhere', '/data/calendar/x', '/sign-in/x', '/%E0%A4%A'])(
  '%s is no page',
  (path) => {
    expect(read(path).page).toBe('unknown');
  },
);
