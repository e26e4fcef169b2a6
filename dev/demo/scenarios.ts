/** The providers of the demo, one line each, in the order in which they are shown. */
import { googleCalendar } from './google-calendar.ts';
import { googleContacts } from './google-contacts.ts';
import { linear } from './linear.ts';
import { notion } from './notion.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [googleCalendar, googleContacts, linear, notion];
