/** People who could be the same, in more than one way: decided one by one, or left as they are. */
import { useId } from 'react';
import type { Plan, PlanReview } from '../../api/contract/index.ts';
import { Select } from '../ui/select.tsx';
import { describeLeftOpen, nobodyThere } from '../words/plan.ts';
import { type Choices, leftOpen, nobody, takenBeside } from './plan-choices.ts';

interface PlanReviewListProps {
  readonly plan: Plan;
  readonly name: string;
  readonly chosen: Choices;
  readonly onChoose: (chosen: Choices) => void;
}

const later = '';

export function PlanReviewList({ plan, name, chosen, onChoose }: PlanReviewListProps) {
  const groups = plan.review ?? [];
  if (groups.length === 0) return null;
  const choose = (contactId: string, remoteId: string): void => {
    const { [contactId]: _before, ...others } = chosen;
    onChoose(remoteId === later ? others : { ...others, [contactId]: remoteId });
  };
  return (
    <section aria-labelledby="review">
      <h3 id="review">Who is who?</h3>
      <p className="muted">
        These could be the same people in more than one way. What you leave open stays as it is for as long as
        it is in doubt. Where your other choices settle it, it is tied to whoever is left, or counts as
        somebody whom only one side knows.
      </p>
      <ul className="rows">
        {groups.flatMap((group) =>
          group.contacts.map((contact) => (
            <ReviewRow
              key={contact.id}
              contact={contact}
              group={group}
              plan={plan}
              name={name}
              chosen={chosen}
              onChoose={(remoteId) => choose(contact.id, remoteId)}
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
  readonly plan: Plan;
  readonly name: string;
  readonly chosen: Choices;
  readonly onChoose: (remoteId: string) => void;
}

function ReviewRow({ contact, group, plan, name, chosen, onChoose }: ReviewRowProps) {
  const ids = { choice: useId(), note: useId() };
  const value = chosen[contact.id] ?? later;
  const taken = takenBeside(chosen, contact.id);
  const note = value === later ? describeLeftOpen(leftOpen(group, chosen, contact.id), plan) : undefined;
  return (
    <li className="row person">
      <div className="row-main">
        <strong>{contact.name}</strong>
        <span className="muted row-detail">{contact.email ?? 'no e-mail'} · in Harmony</span>
        {/* Stays while what it says changes, so that what a choice does to another row is read out. */}
        <p className="row-detail row-warning" id={ids.note} role="status">
          {note}
        </p>
      </div>
      <div className="person-choice">
        <label className="visually-hidden" htmlFor={ids.choice}>
          Who {contact.name} is in {name}
        </label>
        <Select
          id={ids.choice}
          value={value}
          aria-describedby={note === undefined ? undefined : ids.note}
          options={[
            { value: later, label: 'Decide later' },
            ...group.remotes.map((remote) => ({
              value: remote.id,
              label: `${remote.name} (${remote.email ?? 'no e-mail'})`,
              disabled: taken.includes(remote.id),
            })),
            { value: nobody, label: nobodyThere(plan) },
          ]}
          onChange={onChoose}
        />
      </div>
    </li>
  );
}
