/** Which objects and fields correspond, tried on real contacts before it holds. */
import { useQuery } from '@tanstack/react-query';
import type { Integration } from '../../api/contract/index.ts';
import { mappingsQuery } from '../api/queries.ts';
import { ProblemNote, Skeleton } from '../ui/states.tsx';
import { FieldMappingForm } from './field-mapping-form.tsx';
import { MappingVersions } from './mapping-versions.tsx';
import { ObjectMappingList } from './object-mapping-list.tsx';

export function MappingsTab({ integration, name }: { integration: Integration; name: string }) {
  const mappings = useQuery(mappingsQuery(integration.id));
  if (!mappings.data)
    return mappings.error ? (
      <ProblemNote error={mappings.error} onRetry={() => void mappings.refetch()} />
    ) : (
      <Skeleton rows={6} />
    );
  const { objects, fields } = mappings.data;
  return (
    <>
      <ObjectMappingList integrationId={integration.id} name={name} mappings={objects} />
      <FieldMappingForm integrationId={integration.id} name={name} mappings={fields} />
      <MappingVersions integrationId={integration.id} current={fields.version} />
    </>
  );
}
