// Google's updateTime has up to nine fractional digits, more than Date keeps.

/** Negative, zero or positive as `a` is before, at or after `b`; both ISO 8601 UTC (`…Z`). */
export function compareInstants(a: string, b: string): number {
  const [first, second] = [sortable(a), sortable(b)];
  return first === second ? 0 : first < second ? -1 : 1;
}

function sortable(instant: string): string {
  const [whole = '', fraction = ''] = instant.replace(/Z$/, '').split('.');
  return `${whole}.${fraction.padEnd(9, '0')}`;
}
