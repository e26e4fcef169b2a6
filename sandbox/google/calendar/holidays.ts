/** Real public holidays, as Google's own holiday calendars show them. */
import Holidays from 'date-holidays';

export interface Holiday {
  /** `2026-12-25` */
  date: string;
  name: string;
}

const lists = new Map<string, Holiday[]>();

/** The holidays of a country from 2024 on, at least `count` of them where 100 years have that many. */
export function listHolidays(country: string, count: number): Holiday[] {
  const known = lists.get(country);
  if (known !== undefined && known.length >= count) return known;
  const source = new Holidays(country, { languages: 'en' });
  const found: Holiday[] = [];
  for (let year = 2024; year < 2124 && (found.length < count || year <= 2028); year++)
    for (const holiday of source.getHolidays(year))
      if (holiday.type === 'public') found.push({ date: holiday.date.slice(0, 10), name: holiday.name });
  lists.set(country, found);
  return found;
}
