/** One person: every field, where it comes from, and editing. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Conflict, Contact } from '../../api/contract/index.ts';
import { conflictsQuery, contactQuery, providersQuery } from '../api/queries.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { Time } from '../ui/time.tsx';
import { contactName, initials } from '../words/contact.ts';
import { ContactEdit, isEdited } from './contact-edit.tsx';
import { ContactFields } from './contact-fields.tsx';
import { ContactLists } from './contact-lists.tsx';
import { ItemPage } from './item-page.tsx';
import { useArchiveContact } from './use-contact-writes.ts';

export function ContactPage({ id }: { id: string }) {
  const contact = useQuery(contactQuery(id));
  return (
    <ItemPage
      query={contact}
      page="contacts"
      backLabel="Contacts"
      title={contactName}
      mark={(shown) => (
        <span className="avatar avatar-large" aria-hidden="true">
          {initials(shown)}
        </span>
      )}
      meta={(shown) => <Sources contact={shown} />}
    >
      {(shown) => <ContactBody contact={shown} />}
    </ItemPage>
  );
}

function Sources({ contact }: { contact: Contact }) {
  const { data: providers } = useQuery(providersQuery);
  const names = contact.sources.map(
    ({ provider }) => providers?.find(({ id }) => id === provider)?.name ?? provider,
  );
  return (
    <p className="muted">
      {names.length === 0 ? 'Only in Harmony' : `From ${[...new Set(names)].join(' and ')}`} · changed{' '}
      <Time at={contact.updatedAt} />
    </p>
  );
}

function ContactBody({ contact }: { contact: Contact }) {
  const { data: met } = useInfiniteQuery(conflictsQuery({ contactId: contact.id, open: 'true' }));
  const conflicts = met?.pages.flatMap(({ data }) => data) ?? [];
  const [editing, setEditing] = useState(() => isEdited(contact));
  const [explaining, setExplaining] = useState(false);
  const archive = useArchiveContact(contact);
  return (
    <>
      {contact.archivedAt ? (
        <div className="note note-warn contact-note">
          <div>
            <strong>Archived</strong>
            <p>Your Companion does not see this person any more.</p>
          </div>
          <Button icon={icons.undo} busy={archive.isPending} onClick={() => archive.mutate('restore')}>
            Restore
          </Button>
        </div>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields
        <div className="toolbar" role="group" aria-label="Actions">
          <Button icon={icons.edit} disabled={editing} onClick={() => setEditing(true)}>
            Edit
          </Button>
          <Button icon={icons.help} aria-pressed={explaining} onClick={() => setExplaining(!explaining)}>
            Why these values?
          </Button>
          <Button
            look="danger"
            icon={icons.trash}
            busy={archive.isPending}
            onClick={() => archive.mutate('archive')}
          >
            Archive
          </Button>
        </div>
      )}
      {conflicts
        .filter(({ field }) => field === null)
        .map((conflict) => (
          <WaitsForDecision key={conflict.id} conflict={conflict} contactId={contact.id} />
        ))}
      {editing && !contact.archivedAt ? (
        <ContactEdit contact={contact} onDone={() => setEditing(false)} />
      ) : (
        <ContactFields contact={contact} conflicts={conflicts} explaining={explaining} />
      )}
      {!contact.archivedAt && <ContactLists contact={contact} />}
    </>
  );
}

/** The whole person could not be placed, as where two could be the same. */
function WaitsForDecision({ conflict, contactId }: { conflict: Conflict; contactId: string }) {
  return (
    <p className="note note-warn contact-note">
      {conflict.title}
      <Link href={paths.conflicts(conflict.integrationId, contactId)}>Decide</Link>
    </p>
  );
}
