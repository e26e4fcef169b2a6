/** The calendars that an account starts with. */
import { hashText, mixPair } from '../../core/seeded-random.ts';
import type { GoogleAccount } from '../accounts.ts';

/** What Calendars serves: the calendar itself. */
export interface CalendarRecord {
  id: string;
  version: number;
  summary: string;
  description?: string;
  location?: string;
  timeZone: string;
  accessRole: 'owner' | 'reader';
  primary?: true;
  /** Its number among the seeded ones; absent for one that was made later. */
  index?: number;
  /** A calendar of public holidays. */
  holidays?: true;
}

/** What CalendarList adds: how it stands in the person's list. */
export interface ListEntry {
  version: number;
  colorId: string;
  backgroundColor: string;
  foregroundColor: string;
  selected: boolean;
  hidden?: boolean;
  summaryOverride?: string;
  defaultReminders: { method: string; minutes: number }[];
  notificationSettings?: unknown;
}

const names = [
  'Personal',
  'Work',
  'Holidays',
  'Family',
  'Sailing club',
  'On call',
  'Birthdays and parties',
  '学校',
];
const colors = ['#9fe1e7', '#f691b2', '#16a765', '#fad165', '#9a9cff', '#c2c2c2', '#ff7537', '#92e1c0'];
const EPOCH_VERSION = 3_500_000_000_000_000;

export function seedCalendars(
  account: GoogleAccount,
  world: { seed: number; count: number },
): { calendar: CalendarRecord; entry: ListEntry }[] {
  return Array.from({ length: world.count }, (_, index) => {
    const calendar = seedCalendar(account, world.seed, index);
    const entry: ListEntry = {
      version: EPOCH_VERSION + index,
      colorId: String(1 + (index % 24)),
      backgroundColor: colors[index % colors.length] as string,
      foregroundColor: '#000000',
      selected: true,
      defaultReminders: calendar.primary ? [{ method: 'popup', minutes: 10 }] : [],
      ...(calendar.primary && {
        notificationSettings: {
          notifications: ['eventCreation', 'eventChange', 'eventCancellation'].map((type) => ({
            type,
            method: 'email',
          })),
        },
      }),
    };
    return { calendar, entry };
  });
}

function seedCalendar(account: GoogleAccount, seed: number, index: number): CalendarRecord {
  const { timeZone } = account;
  const version = EPOCH_VERSION + index;
  if (index === 0)
    return {
      id: account.email,
      version,
      summary: 'Personal',
      timeZone,
      accessRole: 'owner',
      primary: true,
      index,
    };
  if (index === 2)
    return {
      id: `${account.country.calendar}#holiday@group.v.calendar.google.com`,
      version,
      summary: account.country.title,
      description: 'Holidays and observances',
      timeZone,
      accessRole: 'reader',
      index,
      holidays: true,
    };
  const base = mixPair(seed, hashText(`${account.email} calendar ${index}`));
  const id = Array.from({ length: 8 }, (_, i) => mixPair(base, i).toString(16).padStart(8, '0')).join('');
  const summary = names[index] ?? `Project ${index - names.length + 1}`;
  return { id: `c_${id}@group.calendar.google.com`, version, summary, timeZone, accessRole: 'owner', index };
}
