/** Field by field: what corresponds, which way it flows, who wins; with what it would do to real contacts. */
import { useRef } from 'react';
import { flushSync } from 'react-dom';
import type { FieldMapping, FieldMappings } from '../../api/contract/index.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { checkDraft, describePreview, readServerProblems } from '../words/mapping.ts';
import { DraftActions } from './draft-actions.tsx';
import { FieldMappingRow, mappingColumns } from './field-mapping-row.tsx';
import { MappingPreviewPanel, useMappingPreview } from './mapping-preview.tsx';
import { useMappingDraft } from './use-mapping-draft.ts';
import { useSaveFieldMappings } from './use-save-mappings.ts';

interface FieldMappingFormProps {
  readonly integrationId: string;
  readonly name: string;
  readonly mappings: FieldMappings;
}

const blank: FieldMapping = { field: '', path: '', direction: 'both' };

export function FieldMappingForm({ integrationId, name, mappings }: FieldMappingFormProps) {
  const { draft, changed, change, saveError, actions } = useMappingDraft({
    ...{ name: `field-mappings-${integrationId}`, integrationId, mappings, useSave: useSaveFieldMappings },
    keyOf: ({ field }) => field,
  });
  const ownProblems = checkDraft(draft);
  const canAsk = changed && ownProblems.length === 0;
  const { version } = mappings;
  const preview = useMappingPreview(integrationId, {
    ...{ mappings: { fields: [...draft] }, version, wanted: canAsk },
  });
  const problems = [...ownProblems, ...readServerProblems(saveError ?? (canAsk ? preview.error : undefined))];
  const replace = (index: number, mapping: FieldMapping): void =>
    change(draft.map((each, i) => (i === index ? mapping : each)));
  const section = useRef<HTMLElement>(null);
  /** Rows are drawn before the focus goes to one of them, which shows it, too. */
  const changeAndFocus = (data: readonly FieldMapping[], ...selectors: readonly string[]): void => {
    flushSync(() => change(data));
    const found = selectors.map((selector) => section.current?.querySelector<HTMLElement>(selector));
    found.find((element) => element)?.focus();
  };
  const add = (): void => changeAndFocus([...draft, blank], 'li:last-child select');
  const remove = (index: number): void => {
    const rest = draft.filter((_, i) => i !== index);
    changeAndFocus(rest, `li:nth-child(${index + 1}) .icon-button`, '.section-head button');
  };
  return (
    <section aria-labelledby="fields" ref={section}>
      <div className="section-head">
        <h2 id="fields" tabIndex={-1}>
          Field Mappings
        </h2>
        <Button icon={icons.plus} disabled={actions.busy} onClick={add}>
          Add a field
        </Button>
      </div>
      {/* What is on its way to be saved stays as it is until the answer is there: a change in between would be lost. */}
      <fieldset className="rows" aria-labelledby="fields" disabled={actions.busy}>
        <div className="mapping-row mapping-head" aria-hidden="true">
          {Object.values(mappingColumns(name)).map((column) => (
            <span key={column}>{column}</span>
          ))}
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
              onRemove={() => remove(index)}
            />
          ))}
        </ul>
      </fieldset>
      {changed && problems.length === 0 && (
        <MappingPreviewPanel
          preview={preview}
          name={name}
          describe={(found) => [describePreview(found, name)]}
        />
      )}
      <DraftActions what="field mappings" ready={problems.length === 0} {...actions} />
    </section>
  );
}
