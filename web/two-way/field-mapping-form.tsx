/** Field by field: what corresponds, which way it flows, who wins; with what it would do to real contacts. */
import type { FieldMapping, FieldMappings } from '../../api/contract/index.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { useDraft } from '../ui/use-draft.ts';
import { checkDraft, readServerProblems } from '../words/mapping.ts';
import { FieldMappingRow } from './field-mapping-row.tsx';
import { MappingPreviewPanel, useMappingPreview } from './mapping-preview.tsx';
import { useSaveFieldMappings } from './use-save-mappings.ts';

interface FieldMappingFormProps {
  readonly integrationId: string;
  readonly name: string;
  readonly mappings: FieldMappings;
}

interface Draft {
  /** What was in force: over anything else the draft does not hold, as it would take back what somebody changed since. */
  readonly from: readonly FieldMapping[];
  readonly data: readonly FieldMapping[];
}

const blank: FieldMapping = { field: '', path: '', direction: 'both' };
/** The order of a mapping's properties is no difference. */
const textOf = (mappings: readonly FieldMapping[]): string =>
  JSON.stringify(mappings.map((each) => [each.field, each.path, each.direction, each.conflictPolicy]));
const isSame = (one: readonly FieldMapping[], other: readonly FieldMapping[]): boolean =>
  textOf(one) === textOf(other);

export function FieldMappingForm({ integrationId, name, mappings }: FieldMappingFormProps) {
  const inForce: Draft = { from: mappings.data, data: mappings.data };
  const [kept, keep, forget] = useDraft(`field-mappings-${integrationId}`, inForce);
  const draft = isSame(kept.from, mappings.data) ? kept.data : mappings.data;
  const save = useSaveFieldMappings(integrationId, forget);
  const changed = !isSame(draft, mappings.data);
  const ownProblems = checkDraft(draft);
  const canAsk = changed && ownProblems.length === 0;
  const preview = useMappingPreview(integrationId, draft, canAsk);
  const problems = [
    ...ownProblems,
    ...readServerProblems(save.error ?? (canAsk ? preview.error : undefined)),
  ];
  const change = (next: readonly FieldMapping[]): void => {
    // What was refused is not what stands there now.
    save.reset();
    keep({ from: mappings.data, data: next });
  };
  const discard = (): void => {
    save.reset();
    forget();
  };
  const replace = (index: number, mapping: FieldMapping): void =>
    change(draft.map((each, i) => (i === index ? mapping : each)));
  return (
    <section aria-labelledby="fields">
      <div className="section-head">
        <h2 id="fields">Fields</h2>
        <Button icon={icons.plus} disabled={save.isPending} onClick={() => change([...draft, blank])}>
          Add a field
        </Button>
      </div>
      {/* What is on its way to be saved stays as it is until the answer is there: a change in between would be lost. */}
      <fieldset className="rows" aria-labelledby="fields" disabled={save.isPending}>
        <div className="mapping-row mapping-head" aria-hidden="true">
          <span>Harmony</span>
          <span>Flows</span>
          <span>{name}</span>
          <span>When both changed</span>
        </div>
        <ul>
          {draft.map((mapping, index) => (
            <FieldMappingRow
              // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other identity while it is typed
              key={index}
              mapping={mapping}
              name={name}
              problem={problems.find((problem) => problem.index === index)?.text}
              onChange={(next) => replace(index, next)}
              onRemove={() => change(draft.filter((_, i) => i !== index))}
            />
          ))}
        </ul>
      </fieldset>
      {changed && problems.length === 0 && <MappingPreviewPanel preview={preview} name={name} />}
      <div className="plan-actions">
        <Button disabled={!changed || save.isPending} onClick={discard}>
          Discard changes
        </Button>
        <Button
          look="primary"
          busy={save.isPending}
          disabled={!changed || problems.length > 0}
          onClick={() => save.mutate({ data: draft, version: mappings.pending?.version ?? mappings.version })}
        >
          Save mappings
        </Button>
      </div>
    </section>
  );
}
