/** Which kinds of things correspond: a switch and a direction each; with what it would do to real records. */
import { Switch } from 'radix-ui';
import { useId } from 'react';
import type { ObjectMapping, ObjectMappings } from '../../api/contract/index.ts';
import { describeObjects, objectWords, readObjectProblems } from '../words/object-mapping.ts';
import { DirectionSelect } from './direction-select.tsx';
import { DraftActions } from './draft-actions.tsx';
import { MappingPreviewPanel, useMappingPreview } from './mapping-preview.tsx';
import { useMappingDraft } from './use-mapping-draft.ts';
import { useSaveObjectMappings } from './use-save-mappings.ts';

interface ObjectMappingListProps {
  readonly integrationId: string;
  readonly name: string;
  readonly mappings: ObjectMappings;
}

export function ObjectMappingList({ integrationId, name, mappings }: ObjectMappingListProps) {
  const { version, data: inForce } = mappings;
  const { draft, changed, saveError, actions, ...drafting } = useMappingDraft({
    ...{ name: `object-mappings-${integrationId}`, integrationId, mappings, useSave: useSaveObjectMappings },
    keyOf: ({ providerObject }) => providerObject,
  });
  const asked = { mappings: { objects: [...draft] }, version, wanted: changed };
  const preview = useMappingPreview(integrationId, asked);
  const problems = changed ? readObjectProblems(saveError ?? preview.error, draft) : [];
  const change = (next: ObjectMapping): void =>
    drafting.change(draft.map((each) => (each.providerObject === next.providerObject ? next : each)));
  return (
    <section aria-labelledby="objects">
      <h2 id="objects" tabIndex={-1}>
        Object Mappings
      </h2>
      <ul className="settings">
        {draft.map((mapping, index) => (
          <ObjectRow
            key={mapping.providerObject}
            mapping={mapping}
            name={name}
            busy={actions.busy}
            problems={problems.filter((problem) => problem.index === index).map(({ text }) => text)}
            onChange={change}
          />
        ))}
      </ul>
      {changed && problems.length === 0 && (
        <MappingPreviewPanel
          preview={preview}
          name={name}
          describe={(tried) =>
            describeObjects(tried, { before: inForce, after: tried.asked.objects ?? [] }, name)
          }
        />
      )}
      <DraftActions what="object mappings" ready={problems.length === 0} {...actions} />
    </section>
  );
}

interface ObjectRowProps {
  readonly mapping: ObjectMapping;
  readonly name: string;
  readonly busy: boolean;
  readonly problems: readonly string[];
  readonly onChange: (mapping: ObjectMapping) => void;
}

function ObjectRow({ mapping, name, busy, problems, onChange }: ObjectRowProps) {
  const id = useId();
  const problemId = useId();
  const describedBy = problems.length > 0 ? problemId : undefined;
  const { title, text } = objectWords[mapping.providerObject];
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
          aria-describedby={describedBy}
          onChange={(direction) => onChange({ ...mapping, direction })}
        />
      )}
      <Switch.Root
        className="switch"
        id={id}
        checked={mapping.enabled}
        disabled={busy}
        aria-describedby={describedBy}
        onCheckedChange={(enabled) => onChange({ ...mapping, enabled })}
      >
        <Switch.Thumb className="switch-thumb" />
      </Switch.Root>
      {problems.length > 0 && (
        <p id={problemId} className="field-problem setting-problem" role="alert">
          {problems.join(' ')}
        </p>
      )}
    </li>
  );
}
