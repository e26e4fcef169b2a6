/** What is known of somebody; with the reason for each value, when it is asked for. */
import { useQuery } from '@tanstack/react-query';
import type { Contact, FieldOrigin } from '../../api/contract/index.ts';
import { explanationQuery } from '../api/queries.ts';
import { ProblemNote } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { contactFields } from '../words/contact.ts';

export function ContactFields({ contact, explaining }: { contact: Contact; explaining: boolean }) {
  const explanation = useQuery({ ...explanationQuery(contact.id), enabled: explaining });
  const shown = [
    ...contactFields.map(({ name, label }) => ({
      field: name as string,
      label: label as string,
      value: contact[name],
    })),
    ...Object.entries(contact.customFields).map(([name, value]) => ({
      field: `custom.${name}`,
      label: name,
      value,
    })),
  ].filter(({ value }) => value);
  return (
    <>
      {explaining && explanation.error && <ProblemNote error={explanation.error} />}
      <dl className="details contact-details">
        {shown.map(({ field, label, value }) => (
          <div key={field}>
            <dt>{label}</dt>
            <dd>
              {value}
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
