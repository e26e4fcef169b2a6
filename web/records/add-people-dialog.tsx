/** Puts people on a list, several at once: found by a word, or picked from the first of all. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ContactList, SearchHit } from '../../api/contract/index.ts';
import { contactsQuery, searchQuery } from '../api/queries.ts';
import { readHighlight } from '../search/highlight.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { icons } from '../ui/icons.tsx';
import { Paged } from '../ui/paged.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { useRested } from '../ui/use-rested.ts';
import { contactName, describeWork, listName } from '../words/contact.ts';
import { countOf } from '../words/run.ts';
import { type Person, PersonChoice } from './person-choice.tsx';
import { useAddPeople } from './use-list-writes.ts';

interface AddPeopleDialogProps {
  readonly list: ContactList;
  readonly onClose: () => void;
}

/** Each letter asks anew only after a rest in the typing. */
const restMs = 200;
const person = { one: 'person', many: 'people' };

export function AddPeopleDialog({ list, onClose }: AddPeopleDialogProps) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<readonly Person[]>([]);
  const words = useRested(text.trim(), restMs);
  const everybody = useInfiniteQuery(contactsQuery({}));
  const found = useInfiniteQuery(searchQuery(words, 'contact'));
  const members = useInfiniteQuery(contactsQuery({ listId: list.id }));
  const memberIds = new Set(members.data?.pages.flatMap(({ data }) => data.map(({ id }) => id)));
  const add = useAddPeople(list, onClose);
  const choose = (one: Person, wanted: boolean): void =>
    setChosen([...chosen.filter(({ id }) => id !== one.id), ...(wanted ? [one] : [])]);
  const choices = (people: readonly Person[]) => (
    <ul className="picks">
      {people.map((one) => (
        <PersonChoice
          key={one.id}
          person={one}
          isMember={memberIds.has(one.id)}
          chosen={chosen.some(({ id }) => id === one.id)}
          onChange={(wanted) => choose(one, wanted)}
        />
      ))}
    </ul>
  );
  return (
    <FormDialog
      onClose={onClose}
      wide
      title={`Add people to ${listName(list)}`}
      submitLabel={chosen.length === 0 ? 'Add people' : `Add ${countOf(chosen.length, person)}`}
      ready={chosen.length > 0}
      busy={add.isPending}
      onSubmit={() => add.mutate(chosen)}
    >
      <div className="search-box">
        {icons.search}
        <input
          type="search"
          aria-label="Find people"
          placeholder="A name, a company, an e-mail"
          maxLength={200}
          value={text}
          onChange={({ target }) => setText(target.value)}
          // Enter looks for somebody, and does not add those who are chosen already.
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      </div>
      <div className="picks-frame" aria-busy={found.isPlaceholderData}>
        {words === '' ? (
          <Paged query={everybody} empty={<p className="muted">There are no contacts yet.</p>}>
            {(people) =>
              choices(
                people.map((one) => ({
                  id: one.id,
                  name: contactName(one),
                  detail: describeWork(one) || (one.email ?? ''),
                })),
              )
            }
          </Paged>
        ) : (
          <Paged query={found} empty={<p className="muted">Nobody found for “{words}”.</p>}>
            {(hits) =>
              choices(
                hits.map(({ id, title, highlights }) => ({ id, name: title, detail: detailOf(highlights) })),
              )
            }
          </Paged>
        )}
      </div>
      <p className="picks-chosen" role="status">
        {chosen.length > 0 && `Chosen: ${chosen.map(({ name }) => name).join(', ')}`}
      </p>
      <div role="alert">{add.error && <ProblemNote error={add.error} />}</div>
    </FormDialog>
  );
}

const detailOf = (highlights: SearchHit['highlights']): string =>
  readHighlight(highlights.find(({ field }) => field === 'text')?.html ?? '')
    .map(({ text }) => text)
    .join('');
