/** Whose task it is: any user of the workspace, nobody, or what it is now. */
import { useQuery } from '@tanstack/react-query';
import { workspaceUsersQuery } from '../api/queries.ts';
import { SelectField } from '../ui/select.tsx';

interface AssigneeSelectProps {
  /** A user's id; empty for nobody. */
  readonly value: string;
  /** Somebody at the provider whom nobody has mapped: shown while it is so, and not to be chosen. */
  readonly unmappedName?: string | undefined;
  readonly disabled?: boolean;
  readonly onChange: (userId: string) => void;
}

const unmapped = 'unmapped';

export function AssigneeSelect({ value, unmappedName, disabled = false, onChange }: AssigneeSelectProps) {
  const { data: users = [] } = useQuery(workspaceUsersQuery);
  return (
    <SelectField
      label="Assignee"
      value={unmappedName === undefined ? value : unmapped}
      disabled={disabled}
      options={[
        ...(unmappedName === undefined
          ? []
          : [{ value: unmapped, label: `${unmappedName} (not mapped)`, disabled: true }]),
        { value: '', label: 'Nobody' },
        ...users.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={onChange}
    />
  );
}
