/** One person: every field, where it comes from, and editing. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Contact } from '../../api/contract/index.ts';
import { contactQuery, providersQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { Time } from '../ui/time.tsx';
import { ContactEdit } from './contact-edit.tsx';
import { ContactFields } from './contact-fields.tsx';
import { contactName, initials } from './contact-name.ts';
import { ItemPage } from './item-page.tsx';
import { useArchiveContact } from './use-contact-writes.ts';

export function ContactPage({ id }: { id: string }) {
  const contact = useQuery(contactQuery(id));
  return (
    <ItemPage query={contact} page="contacts" backLabel="Contacts" title={contactName}>
      {(shown) => <ContactBody contact={shown} />}
    </ItemPage>
  );
}

function ContactBody({ contact }: { contact: Contact }) {
  const { data: providers } = useQuery(providersQuery);
  const [editing, setEditing] = useState(false);
  const [explaining, setExplaining] = useState(false);
  const archive = useArchiveContact(contact);
  const sources = contact.sources.map(
    ({ provider }) => providers?.find(({ id }) => id === provider)?.name ?? provider,
  );
  return (
    <>
      <div className="contact-head">
        <span className="avatar avatar-large" aria-hidden="true">
          {initials(contact)}
        </span>
        <p className="muted">
          {sources.length === 0 ? 'Only in Harmony' : `From ${[...new Set(sources)].join(' and ')}`} · changed{' '}
          <Time at={contact.updatedAt} />
        </p>
      </div>
      {contact.archivedAt ? (
        <div className="note note-warn">
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
      {editing ? (
        <ContactEdit contact={contact} onDone={() => setEditing(false)} />
      ) : (
        <ContactFields contact={contact} explaining={explaining} />
      )}
    </>
  );
}
