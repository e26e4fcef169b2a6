import { expect, test } from 'vitest';
import { paths, readRoute } from './routes.ts';

const read = (path: string) => readRoute(new URL(path, 'http://localhost'));

test('what is written is read again, whatever an id holds', () => {
  const id = 'int_ä/b?c';
  expect(read(paths.integration(id, 'sync'))).toEqual({ page: 'integration', id, tab: 'sync' });
  expect(read(paths.contacts(id))).toEqual({ page: 'contacts', integrationId: id });
  expect(read(paths.calendar())).toEqual({ page: 'calendar', integrationId: undefined });
});

test.each(['/', '/settings', '/settings/integrations', '/settings/integrations/'])(
  '%s shows the integrations',
  (path) => {
    expect(read(path).page).toBe('integrations');
  },
);

test.each(['/settings/elsewhere', '/data/tasks', '/sign-in/x', '/%E0%A4%A'])('%s is no page', (path) => {
  expect(read(path).page).toBe('unknown');
});
