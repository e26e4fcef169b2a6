/** What a draft would do to real contacts, asked again after each rest in the typing. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { FieldMapping } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { ProblemNote, Skeleton } from '../ui/states.tsx';
import { useRested } from '../ui/use-rested.ts';
import { describePreview, fieldLabel } from '../words/mapping.ts';

interface MappingPreviewPanelProps {
  readonly integrationId: string;
  readonly name: string;
  readonly fields: readonly FieldMapping[];
}

const shownAtMost = 12;

export function MappingPreviewPanel({ integrationId, name, fields }: MappingPreviewPanelProps) {
  const rested = useRested(fields, 400);
  const preview = useQuery({
    queryKey: ['mapping-preview', integrationId, rested],
    queryFn: ({ signal }) => api.previewMappings(integrationId, { fields: [...rested] }, signal),
    placeholderData: keepPreviousData,
  });
  if (!preview.data) return preview.error ? <ProblemNote error={preview.error} /> : <Skeleton rows={2} />;
  const { changes, takesEffect } = preview.data;
  return (
    <section className="preview" aria-label="Preview" aria-busy={preview.isFetching}>
      <p role="status">
        <strong>{describePreview(preview.data, name)}</strong>{' '}
        {takesEffect === 'with_plan' && 'It holds once you have seen its plan.'}
      </p>
      {changes.length > 0 && (
        <table className="changes">
          <thead>
            <tr>
              <th scope="col">Contact</th>
              <th scope="col">Field</th>
              <th scope="col">Where</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
            </tr>
          </thead>
          <tbody>
            {changes.slice(0, shownAtMost).map((change) => (
              <tr key={`${change.contactId}-${change.field}-${change.side}`}>
                <th scope="row">{change.contactName}</th>
                <td>{fieldLabel(change.field)}</td>
                <td>{change.side === 'harmony' ? 'Harmony' : name}</td>
                <td className="muted">{change.from ?? 'empty'}</td>
                <td>{change.to ?? 'empty'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
