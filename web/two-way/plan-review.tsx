/** People who could be the same, in more than one way: decided one by one, or left as they are. */
import { useId, useState } from 'react';
import type { Plan, PlanDecision, PlanReview } from '../../api/contract/index.ts';
import { Select } from '../ui/select.tsx';

interface PlanReviewListProps {
  readonly plan: Plan;
  readonly name: string;
  readonly onDecide: (decisions: readonly PlanDecision[]) => void;
}

const later = '';
const nobody = 'nobody';

export function PlanReviewList({ plan, name, onDecide }: PlanReviewListProps) {
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const groups = plan.review ?? [];
  if (groups.length === 0) return null;
  const choose = (contactId: string, remoteId: string): void => {
    const next = { ...chosen, [contactId]: remoteId };
    setChosen(next);
    onDecide(
      Object.entries(next)
        .filter(([, remote]) => remote !== later)
        .map(([contact, remote]) => ({ contactId: contact, remoteId: remote === nobody ? null : remote })),
    );
  };
  return (
    <section aria-labelledby="review">
      <h3 id="review">Who is who?</h3>
      <p className="muted">
        These could be the same people in more than one way. What you leave open stays as it is on both sides.
      </p>
      <ul className="rows">
        {groups.flatMap((group) =>
          group.contacts.map((contact) => (
            <ReviewRow
              key={contact.id}
              contact={contact}
              group={group}
              name={name}
              value={chosen[contact.id] ?? later}
              taken={Object.entries(chosen)
                .filter(([id, remote]) => id !== contact.id && remote !== nobody)
                .map(([, remote]) => remote)}
              onChange={(remoteId) => choose(contact.id, remoteId)}
            />
          )),
        )}
      </ul>
    </section>
  );
}

interface ReviewRowProps {
  readonly contact: PlanReview['contacts'][number];
  readonly group: PlanReview;
  readonly name: string;
  readonly value: string;
  /** Remote contacts that were given to somebody else. */
  readonly taken: readonly string[];
  readonly onChange: (remoteId: string) => void;
}

function ReviewRow({ contact, group, name, value, taken, onChange }: ReviewRowProps) {
  const id = useId();
  return (
    <li className="row person">
      <div className="row-main">
        <strong>{contact.name}</strong>
        <span className="muted row-detail">{contact.email ?? 'no e-mail'} · in Harmony</span>
      </div>
      <div className="person-choice">
        <label className="visually-hidden" htmlFor={id}>
          Who {contact.name} is in {name}
        </label>
        <Select
          id={id}
          value={value}
          options={[
            { value: later, label: 'Decide later' },
            ...group.remotes.map((remote) => ({
              value: remote.id,
              label: `${remote.name} (${remote.email ?? 'no e-mail'})`,
              disabled: taken.includes(remote.id),
            })),
            { value: nobody, label: 'Nobody there: create it' },
          ]}
          onChange={onChange}
        />
      </div>
    </li>
  );
}
