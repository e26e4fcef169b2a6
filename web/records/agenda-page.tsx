/** What arrived from calendars: one month as a plain list. */
import { useInfiniteQuery, useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import type { CalendarEvent, Collection } from '../../api/contract/index.ts';
import { calendarEventsQuery, collectionsQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { OutLink } from '../ui/out-link.tsx';
import { PageHeading } from '../ui/page-heading.tsx';
import { Paged } from '../ui/paged.tsx';
import { EmptyState } from '../ui/states.tsx';
import { Swatch } from '../ui/swatch.tsx';
import { countOf } from '../words/run.ts';
import { groupByDay, type Month, monthAfter, monthBounds, startDay, timeOfDay } from './agenda.ts';
import { OneIntegration } from './one-integration.tsx';

const monthTitle = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' });
/** Days are dates without a zone: told as UTC so that none moves. */
const dayTitle = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  timeZone: 'UTC',
});

export function AgendaPage({ integrationId }: { integrationId: string | undefined }) {
  const [month, setMonth] = useState<Month>(() => {
    const today = new Date();
    return { year: today.getFullYear(), index: today.getMonth() };
  });
  const events = useInfiniteQuery(calendarEventsQuery({ integrationId, ...monthBounds(month) }));
  const title = monthTitle.format(new Date(month.year, month.index, 1));
  return (
    <>
      <PageHeading title="Calendar" />
      <p className="lead">The events that your Companion can see, by your own clock.</p>
      <OneIntegration id={integrationId} page="calendar" />
      <div className="month-bar">
        <Button look="quiet" aria-label="Month before" onClick={() => setMonth(monthAfter(month, -1))}>
          {icons.back}
        </Button>
        <h2 aria-live="polite">{title}</h2>
        <Button look="quiet" aria-label="Month after" onClick={() => setMonth(monthAfter(month, 1))}>
          {icons.forward}
        </Button>
      </div>
      <Paged query={events} empty={<EmptyState title={`No events in ${title}`} />} skeletonRows={5}>
        {(found) => <Events events={found} month={month} />}
      </Paged>
    </>
  );
}

function Events(props: { events: readonly CalendarEvent[]; month: Month }) {
  const { days, repeating } = groupByDay(props.events, props.month);
  const integrationIds = [...new Set(props.events.map(({ integrationId }) => integrationId))];
  const calendars = useQueries({
    queries: integrationIds.map(collectionsQuery),
    combine: (lists) => lists.flatMap(({ data = [] }) => data),
  });
  return (
    <>
      {repeating.length > 0 && (
        // Closed at first: the days are what the month was opened for.
        <details className="agenda-repeating">
          <summary>{countOf(repeating.length, repeatingNoun)}</summary>
          <EventList events={repeating} calendars={calendars} withStart />
        </details>
      )}
      {days.map(({ day, events }) => (
        <section key={day} aria-labelledby={`day-${day}`}>
          <h3 id={`day-${day}`}>{dayTitle.format(new Date(`${day}T00:00:00Z`))}</h3>
          <EventList events={events} calendars={calendars} />
        </section>
      ))}
    </>
  );
}

const repeatingNoun = {
  one: 'repeating event that began earlier',
  many: 'repeating events that began earlier',
};

interface EventListProps {
  readonly events: readonly CalendarEvent[];
  /** Of the integrations that are there still. */
  readonly calendars: readonly Collection[];
  readonly withStart?: boolean;
}

function EventList({ events, calendars, withStart }: EventListProps) {
  return (
    <ul className="agenda">
      {events.map((event) => (
        <li key={event.id} className="agenda-event">
          <span className="agenda-time">{timeOfDay(event)}</span>
          <span>
            <EventTitle event={event} />
            {event.recurrence.length > 0 && <span className="tag">Repeats</span>}
            {event.status === 'tentative' && <span className="tag">Tentative</span>}
            {withStart && <span className="muted agenda-place">Since {sinceDay(event)}</span>}
            {event.location && <span className="muted agenda-place">{event.location}</span>}
            <CalendarName calendar={calendars.find(({ id }) => id === event.collectionId)} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function EventTitle({ event: { title, url } }: { event: CalendarEvent }) {
  const name = title || 'Untitled event';
  return url ? <OutLink href={url}>{name}</OutLink> : name;
}

/** Its line is there before it is known, so that nothing jumps. */
function CalendarName({ calendar }: { calendar: Collection | undefined }) {
  return (
    <span className="muted agenda-calendar">
      {calendar && (
        <>
          <Swatch color={calendar.color} />
          {calendar.name}
        </>
      )}
    </span>
  );
}

const sinceTitle = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

function sinceDay(event: CalendarEvent): string {
  const day = startDay(event);
  return day === undefined ? 'an unknown day' : sinceTitle.format(new Date(`${day}T00:00:00Z`));
}
