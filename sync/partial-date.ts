// A whole or partial calendar date: Google's {year?, month?, day?} and ISO 8601 text.

/** Google's Date: a part that is 0 or absent is unknown (People API, `Date`). */
export interface PartialDate {
  year?: number;
  month?: number;
  day?: number;
}

const ISO_DATE = /^(?:(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?|--(\d{1,2})-?(\d{1,2}))$/;
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `YYYY-MM-DD`, year-less `--MM-DD`, or the reduced `YYYY-MM` and `YYYY`; null where nothing is known. */
export function formatPartialDate({ year = 0, month = 0, day = 0 }: PartialDate): string | null {
  if (year && month && day) return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  if (month && day) return `--${pad(month, 2)}-${pad(day, 2)}`;
  if (year && month) return `${pad(year, 4)}-${pad(month, 2)}`;
  return year ? pad(year, 4) : null;
}

/** Reads those four forms; undefined for anything that is no calendar date. */
export function parsePartialDate(text: string): PartialDate | undefined {
  const parts = ISO_DATE.exec(text.trim());
  if (!parts) return undefined;
  const year = Number(parts[1] ?? 0);
  const month = Number(parts[2] ?? parts[4] ?? 0);
  const day = Number(parts[3] ?? parts[5] ?? 0);
  if (parts[1] !== undefined && year === 0) return undefined;
  const monthGiven = parts[2] !== undefined || parts[4] !== undefined;
  const dayGiven = parts[3] !== undefined || parts[5] !== undefined;
  const longest = DAYS_IN_MONTH[month - 1];
  if (monthGiven && longest === undefined) return undefined;
  if (dayGiven && (day < 1 || day > (longest ?? 0))) return undefined;
  if (month === 2 && day === 29 && year && !isLeapYear(year)) return undefined;
  return { ...(year && { year }), ...(month && { month }), ...(day && { day }) };
}

/** Text that is no date stays as it is, so that it still compares. */
export function canonicalDate(text: string): string {
  const date = parsePartialDate(text);
  return (date && formatPartialDate(date)) ?? text;
}

function pad(part: number, length: number): string {
  return String(part).padStart(length, '0');
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
