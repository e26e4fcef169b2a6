import { expect, it } from 'vitest';
import { contactColumns, valueIn } from './contact-columns.ts';

it.each(['constructor', '__proto__', 'customerId'])('a custom field may be called %s', (name) => {
  const field = `custom.${name}`;
  expect(valueIn({ customFields: {} }, field)).toBe(null);
  expect(valueIn({ customFields: null }, field)).toBe(null);
  const { custom_fields: customFields } = contactColumns(Object.fromEntries([[field, 'v']]), [field]);
  const stored = JSON.parse(JSON.stringify(customFields)) as Record<string, string>;
  expect(valueIn({ customFields: stored }, field)).toBe('v');
});
