/** What is known of somebody: where two values met, and the reason for each value when it is asked for. */
import { useQuery } from '@tanstack/react-query';
import type { Conflict, Contact, FieldOrigin } from '../../api/contract/index.ts';
import { explanationQuery } from '../api/queries.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { icons } from '../ui/icons.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { fieldLabel, valuesOf } from '../words/contact.ts';

interface ContactFieldsProps {
  readonly contact: Contact;
  /** Those that nobody has decided. */
  readonly conflicts: readonly Conflict[];
  readonly explaining: boolean;
}

export function ContactFields({ contact, conflicts, explaining }: ContactFieldsProps) {
  const explanation = useQuery({ ...explanationQuery(contact.id), enabled: explaining });
  const shown = Object.entries(valuesOf(contact))
    .map(([field, value]) => ({
      ...{ field, label: fieldLabel(field), value },
      conflict: conflicts.find((conflict) => conflict.field === field),
    }))
    .filter(({ value, conflict }) => value || conflict);
  return (
    <>
      {explaining && explanation.error && <ProblemNote error={explanation.error} />}
      <dl className="details contact-details">
        {shown.map(({ field, label, value, conflict }) => (
          <div key={field}>
            <dt>{label}</dt>
            <dd>
              {value || <span className="muted">No value</span>}
              {conflict && <ConflictMark conflict={conflict} contactId={contact.id} />}
              {explaining && (
                <Reason origin={explanation.data?.fields.find((origin) => origin.field === field)} />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function ConflictMark({ conflict, contactId }: { conflict: Conflict; contactId: string }) {
  return (
    <Link className="conflict-mark" href={paths.conflicts(conflict.integrationId, contactId)}>
      {icons.both} Two values met here
    </Link>
  );
}

function Reason({ origin }: { origin: FieldOrigin | undefined }) {
  if (!origin) return null;
  return (
    <span className="muted reason">
      {origin.reason}
      {origin.at && (
        <>
          {' · '}
          <Time at={origin.at} />
        </>
      )}
    </span>
  );
}
