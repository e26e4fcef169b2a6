/** The lists of a person's own, on and off with a press; the provider's own follow what is done there. */
import { useQuery } from '@tanstack/react-query';
import { Toggle } from 'radix-ui';
import type { Contact } from '../../api/contract/index.ts';
import { contactListsQuery } from '../api/queries.ts';
import { icons } from '../ui/icons.tsx';
import { useMembership } from './use-list-writes.ts';

export function ContactLists({ contact }: { contact: Contact }) {
  const { data: lists = [] } = useQuery(contactListsQuery);
  const membership = useMembership(contact);
  const own = lists.filter(({ system }) => !system);
  if (own.length === 0) return null;
  return (
    <section aria-labelledby="lists">
      <h2 id="lists">Lists</h2>
      <div className="chips">
        {own.map((list) => {
          const member = contact.listIds.includes(list.id);
          return (
            <Toggle.Root
              key={list.id}
              className="chip"
              pressed={member}
              onPressedChange={(next) => membership.mutate({ listId: list.id, member: next })}
            >
              {member ? icons.check : icons.plus}
              {list.name}
            </Toggle.Root>
          );
        })}
      </div>
    </section>
  );
}
