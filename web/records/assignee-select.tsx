/** Whose task it is: any user of the workspace, nobody, or what it is now. */
import { useQuery } from '@tanstack/react-query';
import { workspaceUsersQuery } from '../api/queries.ts';
import { SelectField } from '../ui/select.tsx';
import { assigneeChoices } from '../words/task.ts';

interface AssigneeSelectProps {
  /** A user's id; empty for nobody. */
  readonly value: string;
  /** What that user is called, where it is known before all users are. */
  readonly name?: string | undefined;
  /** Somebody at the provider whom nobody has mapped: shown while it is so, and not to be chosen. */
  readonly unmappedName?: string | undefined;
  readonly disabled?: boolean;
  readonly onChange: (userId: string) => void;
}

const unmapped = 'unmapped';

export function AssigneeSelect(props: AssigneeSelectProps) {
  const { value, name, unmappedName, disabled = false, onChange } = props;
  const { data: users } = useQuery(workspaceUsersQuery);
  return (
    <SelectField
      label="Assignee"
      value={unmappedName === undefined ? value : unmapped}
      disabled={disabled}
      options={[
        ...(unmappedName === undefined
          ? []
          : [{ value: unmapped, label: `${unmappedName} (not mapped)`, disabled: true }]),
        ...assigneeChoices({ value, name, users }),
      ]}
      onChange={onChange}
    />
  );
}
