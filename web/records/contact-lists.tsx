/** The lists that somebody can be put on or taken off, with a press; a provider's own among them. */
import { useQuery } from '@tanstack/react-query';
import { Toggle } from 'radix-ui';
import type { Contact } from '../../api/contract/index.ts';
import { contactListsQuery } from '../api/queries.ts';
import { icons } from '../ui/icons.tsx';
import { listName, offeredLists } from '../words/contact.ts';
import { useMembership } from './use-list-writes.ts';

export function ContactLists({ contact }: { contact: Contact }) {
  const { data: lists = [] } = useQuery(contactListsQuery);
  const membership = useMembership(contact);
  const offered = offeredLists(lists, contact);
  if (offered.length === 0) return null;
  return (
    <section aria-labelledby="lists">
      <h2 id="lists">Lists</h2>
      <div className="chips">
        {offered.map((list) => {
          const member = contact.listIds.includes(list.id);
          return (
            <Toggle.Root
              key={list.id}
              className="chip"
              pressed={member}
              onPressedChange={(next) => membership.mutate({ list, member: next })}
            >
              {member ? icons.check : icons.plus}
              {listName(list)}
            </Toggle.Root>
          );
        })}
      </div>
    </section>
  );
}
