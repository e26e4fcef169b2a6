/** The rows of contacts near the window; the rest is height. Asks for the next page before the end is reached. */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Contact, List } from '../../api/contract/index.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { icons } from '../ui/icons.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { contactName, describeWork, initials } from '../words/contact.ts';

interface ContactListProps {
  readonly pages: readonly List<Contact>[];
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Why the next page did not come. */
  readonly error: unknown;
  readonly onMore: () => void;
  /** On a list: takes somebody off it. */
  readonly onRemove?: ((contact: Contact) => void) | undefined;
}

const rowPx = 64;
/** Asked for this many rows ahead, so that a steady scroll never waits. */
const aheadRows = 60;

export function ContactList({ pages, hasMore, isLoadingMore, error, onMore, onRemove }: ContactListProps) {
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
  /** Where the focus goes once somebody is gone: to whoever takes their place. */
  const removedAt = useRef<number>(undefined);
  const remove = (contact: Contact, index: number): void => {
    removedAt.current = index;
    onRemove?.(contact);
    // The list goes with its last row.
    if (contacts.length === 1) document.querySelector<HTMLElement>('main')?.focus();
  };
  useEffect(() => {
    if (removedAt.current === undefined) return;
    const index = Math.min(removedAt.current, contacts.length - 1);
    removedAt.current = undefined;
    list.current?.querySelector<HTMLElement>(`[data-index="${index}"] .icon-button`)?.focus();
  }, [contacts]);
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
              data-index={index}
              aria-setsize={hasMore ? -1 : contacts.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start - topPx}px)` }}
            >
              <ContactRow contact={contact} />
              {onRemove && (
                <button
                  type="button"
                  className="icon-button"
                  title="Take off this list"
                  aria-label={`Take ${contactName(contact)} off this list`}
                  onClick={() => remove(contact, index)}
                >
                  {icons.cross}
                </button>
              )}
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
  // Nothing is said twice of somebody who is called by their address or number.
  const further = (value: string | null) => (value === name ? '' : value);
  return (
    <Link className="contact-link" href={paths.item('contacts', contact.id)}>
      <span className="avatar" aria-hidden="true">
        {initials(contact)}
      </span>
      <span className="contact-cell contact-who">
        <span className="contact-name">{name}</span>
        <span className="muted contact-work">{describeWork(contact)}</span>
      </span>
      <span className="contact-cell contact-mail">{further(contact.email)}</span>
      <span className="contact-cell contact-phone">{further(contact.phone)}</span>
    </Link>
  );
}
