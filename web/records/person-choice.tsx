/** Somebody to tick; who is on the list already can't be. */
import { useId } from 'react';
import { Check } from '../ui/check.tsx';

export interface Person {
  readonly id: string;
  readonly name: string;
  /** What tells people of one name apart. */
  readonly detail: string;
}

interface PersonChoiceProps {
  readonly person: Person;
  readonly isMember: boolean;
  readonly chosen: boolean;
  readonly onChange: (chosen: boolean) => void;
}

export function PersonChoice({ person, isMember, chosen, onChange }: PersonChoiceProps) {
  const id = useId();
  const detail = isMember ? 'On this list already' : person.detail === person.name ? '' : person.detail;
  return (
    <li className="pick">
      <Check id={id} checked={chosen || isMember} disabled={isMember} onChange={onChange} />
      <label htmlFor={id}>
        <span className="pick-name">{person.name}</span>
        {detail && <span className="muted pick-detail">{detail}</span>}
      </label>
    </li>
  );
}
