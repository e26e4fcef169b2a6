import { expect, it } from 'vitest';
import type { FieldMapping } from './default-mappings.ts';
import type { Direction } from './direction.ts';
import { type Feed, fieldsFedElsewhere } from './field-sources.ts';
import { compileMapping } from './map-contact.ts';

const feed = (value: string | null, direction: Direction = 'from_provider', was = value): Feed => {
  const notes: FieldMapping = { field: 'notes', path: 'biographies.value', direction: 'both' };
  return {
    ...{ mapping: compileMapping([notes]), direction },
    person: value === null ? {} : { biographies: [{ value }] },
    bases: { notes: { local: was, remote: was } },
  };
};
const older = (...of: Parameters<typeof feed>) => ({ ...feed(...of), isOlder: true });
const newer = (...of: Parameters<typeof feed>) => ({ ...feed(...of), isOlder: false });
const gives = (mine: Feed, ...others: Parameters<typeof fieldsFedElsewhere>[1]) =>
  fieldsFedElsewhere(mine, others).has('notes');

it('gives way to the oldest account with a value, and of those without one to the oldest', () => {
  expect(gives(feed('x'), older('y'))).toBe(true);
  expect(gives(feed('x'), newer('y'))).toBe(false);
  expect(gives(feed('x'), older(null))).toBe(false);
  expect(gives(feed(null), newer('y'))).toBe(true);
  expect(gives(feed(null), older(null))).toBe(true);
  expect(gives(feed(null), newer(null))).toBe(false);
});

it('leaves no value of its own to an account that shares the field both ways, but a blank that was always there', () => {
  expect(gives(feed('x'), older('y', 'both'))).toBe(false);
  expect(gives(feed(null), newer('y', 'both'))).toBe(true);
  expect(gives(feed(null), newer(null, 'both'))).toBe(true);
  expect(gives(feed(null), newer('y', 'to_provider'))).toBe(false);
});

it('carries over what somebody just cleared, unless another account decided it', () => {
  expect(gives(feed(null, 'from_provider', 'x'), newer('y'))).toBe(false);
  expect(gives(feed(null, 'from_provider', 'x'), newer('y', 'both'))).toBe(false);
  expect(gives(feed(null, 'from_provider', 'x'), older('y'))).toBe(true);
});

it('leaves alone what does not only come from the provider, and what one account feeds', () => {
  expect(gives(feed('x', 'both'), older('y'))).toBe(false);
  expect(gives(feed('x', 'to_provider'), older('y'))).toBe(false);
  expect(gives(feed('x'))).toBe(false);
});

it('has what is only read decide nothing where another account has a contact of its own', () => {
  const read = { isOnlyRead: true };
  for (const direction of ['both', 'from_provider', 'to_provider'] as const) {
    expect(gives({ ...feed('x'), ...read }, newer('y', direction))).toBe(true);
    expect(gives(feed('x', direction), { ...older('y'), ...read })).toBe(false);
  }
  expect(gives({ ...feed('x'), ...read }, { ...older('y'), ...read })).toBe(true);
  expect(gives({ ...feed('x'), ...read }, { ...newer('y'), ...read })).toBe(false);
});
