/** Which kinds of things correspond; a switch and a direction each. */
import { Switch } from 'radix-ui';
import { useId } from 'react';
import type { ObjectMapping, ObjectMappings } from '../../api/contract/index.ts';
import { DirectionSelect } from './direction-select.tsx';
import { useSaveObjectMappings } from './use-save-mappings.ts';

const words: Readonly<Record<ObjectMapping['providerObject'], { title: string; text: string }>> = {
  person: { title: 'Contacts', text: 'People in the address book.' },
  contactGroup: { title: 'Lists', text: 'Labels there, lists in Harmony.' },
  otherContact: {
    title: 'Other contacts',
    text: 'People that were saved by themselves, because somebody wrote to them. Only read.',
  },
};

interface ObjectMappingListProps {
  readonly integrationId: string;
  readonly name: string;
  readonly mappings: ObjectMappings;
}

export function ObjectMappingList({ integrationId, name, mappings }: ObjectMappingListProps) {
  const save = useSaveObjectMappings(integrationId);
  const change = (changed: ObjectMapping): void =>
    save.mutate({
      version: mappings.pending?.version ?? mappings.version,
      data: mappings.data.map((each) => (each.providerObject === changed.providerObject ? changed : each)),
    });
  return (
    <section aria-labelledby="objects">
      <h2 id="objects">What corresponds</h2>
      <ul className="settings">
        {mappings.data.map((mapping) => (
          <ObjectRow
            key={mapping.providerObject}
            mapping={mapping}
            name={name}
            busy={save.isPending}
            onChange={change}
          />
        ))}
      </ul>
    </section>
  );
}

interface ObjectRowProps {
  readonly mapping: ObjectMapping;
  readonly name: string;
  readonly busy: boolean;
  readonly onChange: (mapping: ObjectMapping) => void;
}

function ObjectRow({ mapping, name, busy, onChange }: ObjectRowProps) {
  const id = useId();
  const { title, text } = words[mapping.providerObject];
  return (
    <li className="setting">
      <div>
        <label className="setting-name" htmlFor={id}>
          {title}
        </label>
        <p className="muted">{text}</p>
      </div>
      {mapping.providerObject !== 'otherContact' && (
        <DirectionSelect
          label={`Direction of ${title}`}
          name={name}
          value={mapping.direction}
          disabled={!mapping.enabled || busy}
          onChange={(direction) => onChange({ ...mapping, direction })}
        />
      )}
      <Switch.Root
        className="switch"
        id={id}
        checked={mapping.enabled}
        disabled={busy}
        onCheckedChange={(enabled) => onChange({ ...mapping, enabled })}
      >
        <Switch.Thumb className="switch-thumb" />
      </Switch.Root>
    </li>
  );
}
