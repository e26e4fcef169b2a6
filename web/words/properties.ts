/** The properties of a document as lines for a reader. Pure. */

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** What is empty is left out, and so is the title, which stands above. */
export function describeProperties(
  properties: Readonly<Record<string, unknown>>,
  title: string,
): { name: string; value: string }[] {
  return Object.entries(properties)
    .map(([name, value]) => ({ name, value: describeValue(value) }))
    .filter(({ value }) => value !== '' && value !== title);
}

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return new Intl.NumberFormat('en').format(value);
  if (typeof value === 'string')
    return /^\d{4}-\d\d-\d\d$/.test(value) ? day.format(Date.parse(value)) : value;
  if (Array.isArray(value)) return value.map(describeValue).filter(Boolean).join(', ');
  if (typeof value === 'object' && 'start' in value) {
    const { start, end } = value as { start: unknown; end?: unknown };
    return [start, end].map(describeValue).filter(Boolean).join(' – ');
  }
  return typeof value === 'object' ? Object.values(value).map(describeValue).filter(Boolean).join(', ') : '';
}
