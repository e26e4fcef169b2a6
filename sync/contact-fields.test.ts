import { describe, expect, it } from 'vitest';
import { type FieldKind, isFieldName, sameValue } from './contact-fields.ts';
import { formatPartialDate, parsePartialDate } from './partial-date.ts';

describe('sameValue', () => {
  it.each<[FieldKind, string | null, string | null, boolean]>([
    ['text', 'Zo\u00eb', 'Zoe\u0308', true],
    ['text', ' Ada  King ', 'Ada King', true],
    ['text', 'ada', 'Ada', false],
    ['text', null, '  ', true],
    ['multiline', 'a \r\nb', 'a\nb\n', true],
    ['multiline', 'a\nb', 'a b', false],
    ['email', 'Ada@Example.COM', 'ada@example.com', true],
    ['email', 'ada@example.com', 'ada@example.org', false],
    ['phone', '+44 (20) 7946-0018', '+442079460018', true],
    ['phone', '442079460018', '+442079460018', false],
    ['phone', '555 123 ext. 45', '555-123 x45', true],
    ['phone', '555 123 x45', '55512345', false],
    ['phone', '1-800-FLOWERS', '1-800-TAXICAB', false],
    ['date', '1990-1-2', '1990-01-02', true],
    ['date', '--12-10', '1815-12-10', false],
    ['url', 'HTTPS://Example.com/', 'https://example.com', true],
    ['url', 'https://example.com/A', 'https://example.com/a', false],
  ])('%s: %j and %j → %s', (kind, a, b, expected) => {
    expect(sameValue(kind, a, b)).toBe(expected);
  });
});

it('knows the eleven fields and custom ones, and nothing inherited', () => {
  expect(['email', 'custom.size'].every(isFieldName)).toBe(true);
  expect(['toString', 'custom.', 'mail', '__proto__'].some(isFieldName)).toBe(false);
});

describe('partial dates', () => {
  it.each(['1990-01-02', '--12-10', '--02-29', '2024-02-29', '1990-05', '1990'])(
    '%s there and back',
    (text) => {
      const date = parsePartialDate(text);
      expect(date && formatPartialDate(date)).toBe(text);
    },
  );

  it.each(['', 'May 5', '1990-13-01', '2023-02-29', '--02-30', '1990-04-31', '0000-01-01', '1990-01-00'])(
    '%j is no date',
    (text) => expect(parsePartialDate(text)).toBeUndefined(),
  );

  it("reads Google's zero parts as unknown", () => {
    expect(formatPartialDate({ year: 0, month: 3, day: 1 })).toBe('--03-01');
    expect(formatPartialDate({})).toBeNull();
  });
});
