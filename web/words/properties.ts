/** The properties of a document as lines for a reader. Pure. */
import { countOf } from './run.ts';
import { eventStart } from './time.ts';

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** A page or a person without a name: nothing that anybody could read. */
const isMachineId = (value: unknown): boolean =>
  typeof value === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(value);

/** What is empty is left out, and so is the title, which stands above. `timeZone` is the reader's unless named. */
export function describeProperties(
  properties: Readonly<Record<string, unknown>>,
  title: string,
  timeZone?: string,
): { name: string; value: string }[] {
  return Object.entries(properties)
    .map(([name, value]) => ({ name, value: describeValue(value, timeZone) }))
    .filter(({ value }) => value !== '' && value !== title);
}

function describeValue(value: unknown, timeZone: string | undefined): string {
  const describe = (part: unknown): string => describeValue(part, timeZone);
  if (value === null || value === undefined || isMachineId(value)) return '';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return new Intl.NumberFormat('en').format(value);
  if (typeof value === 'string') return describeText(value, timeZone);
  if (typeof value !== 'object') return '';
  if (Array.isArray(value))
    return value.length > 0 && value.every(isMachineId)
      ? countOf(value.length, { one: 'linked page', many: 'linked pages' })
      : value.map(describe).filter(Boolean).join(', ');
  if ('start' in value) {
    const { start, end } = value as { start: unknown; end?: unknown };
    return [start, end].map(describe).filter(Boolean).join(' – ');
  }
  return Object.values(value).map(describe).filter(Boolean).join(', ');
}

function describeText(text: string, timeZone: string | undefined): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return day.format(Date.parse(text));
  return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text)
    ? eventStart({ dateTime: text }, timeZone)
    : text;
}
