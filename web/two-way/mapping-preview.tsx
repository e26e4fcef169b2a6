/** What a draft would do to real contacts, asked again after each rest in the typing. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { FieldMapping } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { ProblemNote, Skeleton } from '../ui/states.tsx';
import { useRested } from '../ui/use-rested.ts';
import { describePreview, fieldLabel } from '../words/mapping.ts';

const shownAtMost = 12;

/** Asked only of a draft that differs and could hold. */
export function useMappingPreview(integrationId: string, fields: readonly FieldMapping[], wanted: boolean) {
  const rested = useRested(fields, 400);
  return useQuery({
    queryKey: ['mapping-preview', integrationId, rested],
    queryFn: ({ signal }) => api.previewMappings(integrationId, { fields: [...rested] }, signal),
    placeholderData: keepPreviousData,
    enabled: wanted && rested === fields,
  });
}

interface MappingPreviewPanelProps {
  readonly preview: ReturnType<typeof useMappingPreview>;
  readonly name: string;
}

export function MappingPreviewPanel({ preview, name }: MappingPreviewPanelProps) {
  if (preview.error) return <ProblemNote error={preview.error} />;
  if (!preview.data) return <Skeleton rows={2} />;
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
              <th scope="col">From</th>
              <th scope="col">To</th>
            </tr>
          </thead>
          <tbody>
            {changes.slice(0, shownAtMost).map((change) => (
              <tr key={`${change.contactId}-${change.field}-${change.side}`}>
                <th scope="row">{change.contactName}</th>
                <td>
                  {fieldLabel(change.field)}
                  <span className="muted">in {change.side === 'harmony' ? 'Harmony' : name}</span>
                </td>
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
