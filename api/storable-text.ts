/** Text that Postgres takes in: no U+0000, and no half of a surrogate pair, which UTF-8 has no form for. */
import type { Problem } from './contract/problem.ts';

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** An entry for each text anywhere in a value, as JSON or a query string has it, that can't be stored; names of fields included. */
export function findUnstorable(value: unknown): NonNullable<Problem['errors']> {
  const errors: NonNullable<Problem['errors']> = [];
  const left: { path: readonly string[]; value: unknown }[] = [{ path: [], value }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { path, value } = next;
    if (typeof value === 'string' && !isStorable(value)) {
      errors.push({
        path: path.join('.'),
        message: 'U+0000 and halves of surrogate pairs can not be stored.',
      });
    }
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, field] of Object.entries(value)) {
      // Schemas leave it out without a word, since assigning to it would replace an object's prototype.
      if (name === '__proto__' || !isStorable(name)) {
        errors.push({ path: [...path, name].join('.'), message: 'This is no name for a field.' });
      }
      left.push({ path: [...path, name], value: field });
    }
  }
  return errors;
}
