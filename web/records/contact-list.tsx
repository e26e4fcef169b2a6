/** The rows of contacts near the window; the rest is height. Asks for the next page before the end is reached. */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Contact, List } from '../../api/contract/index.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { ProblemNote } from '../ui/states.tsx';
import { contactName, initials } from '../words/contact.ts';

interface ContactListProps {
  readonly pages: readonly List<Contact>[];
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Why the next page did not come. */
  readonly error: unknown;
  readonly onMore: () => void;
}

const rowPx = 64;
/** Asked for this many rows ahead, so that a steady scroll never waits. */
const aheadRows = 60;

export function ContactList({ pages, hasMore, isLoadingMore, error, onMore }: ContactListProps) {
  const contacts = useMemo(() => pages.flatMap(({ data }) => data), [pages]);
  const list = useRef<HTMLUListElement>(null);
  const [topPx, setTopPx] = useState(0);
  useEffect(() => setTopPx(list.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: contacts.length,
    estimateSize: () => rowPx,
    overscan: 12,
    scrollMargin: topPx,
    getItemKey: (index) => contacts[index]?.id ?? index,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const wantsMore = hasMore && !isLoadingMore && !error && last > contacts.length - aheadRows;
  useEffect(() => {
    if (wantsMore) onMore();
  }, [wantsMore, onMore]);
  return (
    <>
      <ul className="rows contacts" ref={list} style={{ height: rows.getTotalSize() }}>
        {shown.map(({ index, key, start }) => {
          const contact = contacts[index];
          if (!contact) return null;
          return (
            <li
              key={key}
              className="contact-row"
              aria-setsize={hasMore ? -1 : contacts.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start - topPx}px)` }}
            >
              <ContactRow contact={contact} />
            </li>
          );
        })}
      </ul>
      {error ? (
        <ProblemNote error={error} onRetry={onMore} />
      ) : (
        <p className="muted list-end">{hasMore ? 'Loading more…' : 'That is everybody.'}</p>
      )}
    </>
  );
}

function ContactRow({ contact }: { contact: Contact }) {
  const name = contactName(contact);
  // Who is called by their company has it in the line above.
  const work = [contact.jobTitle, contact.company].filter((part) => part && part !== name).join(', ');
  return (
    <Link className="contact-link" href={paths.item('contacts', contact.id)}>
      <span className="avatar" aria-hidden="true">
        {initials(contact)}
      </span>
      <span className="contact-cell contact-who">
        <span className="contact-name">{name}</span>
        <span className="muted contact-work">{work}</span>
      </span>
      <span className="contact-cell contact-mail">{contact.email}</span>
      <span className="contact-cell contact-phone">{contact.phone}</span>
    </Link>
  );
}
