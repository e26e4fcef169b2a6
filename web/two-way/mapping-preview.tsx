/** What a draft would do to real records, asked again after each rest in the changes. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { MappingPreview, PreviewMappings } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { ProblemNote, Skeleton } from '../ui/states.tsx';
import { useRested } from '../ui/use-rested.ts';
import { fieldLabel } from '../words/contact.ts';
import { ListSample } from './plan-sides.tsx';

const shownAtMost = 12;

interface DraftToTry {
  readonly mappings: PreviewMappings;
  /** Of what is in force: the preview is of what would differ from that. */
  readonly version: number;
  /** That it differs and could hold. */
  readonly wanted: boolean;
}

/** With what was asked: until the next answer is there, the former one is shown. */
type Tried = MappingPreview & { readonly asked: PreviewMappings };

export function useMappingPreview(integrationId: string, { mappings, version, wanted }: DraftToTry) {
  const draft = JSON.stringify(mappings);
  const rested = useRested(draft, 400);
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['mapping-preview', integrationId, version, rested],
    queryFn: async ({ signal }): Promise<Tried> => {
      const asked = JSON.parse(rested) as PreviewMappings;
      return { ...(await api.previewMappings(integrationId, asked, signal)), asked };
    },
    placeholderData: keepPreviousData,
    enabled: wanted && rested === draft,
  });
  return { data, error, refetch, isWaiting: isFetching || rested !== draft };
}

interface MappingPreviewPanelProps {
  readonly preview: ReturnType<typeof useMappingPreview>;
  readonly name: string;
  /** No line where what was asked is in force by now. */
  readonly describe: (tried: Tried) => readonly string[];
}

export function MappingPreviewPanel({ preview, name, describe }: MappingPreviewPanelProps) {
  const { data, error, refetch, isWaiting } = preview;
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  const told = data ? describe(data) : [];
  if (!data || told.length === 0) return <Skeleton rows={2} />;
  const { changes, takesEffect, lists, otherContacts } = data;
  return (
    <section className="preview" aria-label="Preview" aria-busy={isWaiting}>
      <div role="status">
        {told.map((line) => (
          <p key={line}>
            <strong>{line}</strong>
          </p>
        ))}
        {takesEffect === 'with_plan' && <p>It holds once you have seen its plan.</p>}
      </div>
      <ListsAndOthers lists={lists} otherContacts={otherContacts} />
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

function ListsAndOthers({ lists, otherContacts }: Pick<MappingPreview, 'lists' | 'otherContacts'>) {
  const { samples = [] } = lists ?? {};
  const others = otherContacts?.samples ?? [];
  if (samples.length + others.length === 0) return null;
  return (
    <>
      <p className="muted">For example</p>
      <ul className="plan-samples">
        {samples.map((sample) => (
          <ListSample
            key={`${sample.side}-${sample.action}-${sample.name}-${sample.newName}`}
            sample={sample}
          />
        ))}
        {others.map((name, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two people may have one name
          <li key={index}>
            {otherContacts?.effect === 'come' ? (
              <span className="tag plan-create">New</span>
            ) : (
              <span className="tag">Stays</span>
            )}
            <strong>{name}</strong>
            <span className="muted plan-values">Other contact</span>
          </li>
        ))}
      </ul>
    </>
  );
}
