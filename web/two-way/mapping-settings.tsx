/** Which objects and fields correspond, tried on real contacts before it holds. */
import { useQuery } from '@tanstack/react-query';
import type { Integration } from '../../api/contract/index.ts';
import { mappingsQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { ProblemNote, Skeleton } from '../ui/states.tsx';
import { FieldMappingForm } from './field-mapping-form.tsx';
import { MappingVersions } from './mapping-versions.tsx';
import { ObjectMappingList } from './object-mapping-list.tsx';
import { useOpenPlan } from './use-open-plan.ts';

export function MappingSettings({ integration, name }: { integration: Integration; name: string }) {
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
      {fields.pending && <WaitingNote integrationId={integration.id} version={fields.pending.version} />}
      <ObjectMappingList integrationId={integration.id} name={name} mappings={objects} />
      <FieldMappingForm integrationId={integration.id} name={name} mappings={fields} />
      <MappingVersions
        integrationId={integration.id}
        current={fields.version}
        waiting={fields.pending?.version}
      />
    </>
  );
}

function WaitingNote({ integrationId, version }: { integrationId: string; version: number }) {
  const openPlan = useOpenPlan(integrationId);
  return (
    <div className="note note-warn">
      <div>
        <strong>Not in force yet</strong>
        <p>Version {version} waits until you have seen its plan. Until then, what stands here holds.</p>
      </div>
      <Button look="primary" busy={openPlan.isPending} onClick={() => openPlan.mutate(undefined)}>
        See the plan
      </Button>
    </div>
  );
}
