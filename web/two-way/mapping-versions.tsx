/** Earlier mappings, and the way back to each; the first are the defaults. */
import { useQuery } from '@tanstack/react-query';
import type { MappingVersion } from '../../api/contract/index.ts';
import { mappingVersionsQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { Time } from '../ui/time.tsx';
import { countOf } from '../words/run.ts';
import { useOpenPlan } from './use-open-plan.ts';
import { useRestoreMappings } from './use-save-mappings.ts';

interface MappingVersionsProps {
  readonly integrationId: string;
  readonly current: number;
  /** The one that is in force once its plan is applied. */
  readonly waiting: number | undefined;
}

export function MappingVersions({ integrationId, current, waiting }: MappingVersionsProps) {
  const { data: versions = [] } = useQuery(mappingVersionsQuery(integrationId));
  const restore = useRestoreMappings(integrationId);
  const openPlan = useOpenPlan(integrationId);
  if (versions.length < 2) return null;
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">Versions of the mappings</h2>
      <ul className="rows">
        {versions.map((version) => (
          <li key={version.version} className="row">
            <div className="row-main">
              <strong>{describeVersion(version)}</strong>
              <span className="muted row-detail">
                {countOf(version.fields.length, { one: 'field', many: 'fields' })}
                {version.createdAt && (
                  <>
                    {' · '}
                    <Time at={version.createdAt} />
                  </>
                )}
              </span>
            </div>
            {version.version === waiting && (
              <Button busy={openPlan.isPending} onClick={() => openPlan.mutate(undefined)}>
                See the plan
              </Button>
            )}
            {version.version !== current && version.state !== 'pending' && (
              <Button
                icon={icons.undo}
                busy={restore.isPending}
                onClick={() => restore.mutate(version.version)}
              >
                {version.createdBy === null ? 'Reset to default' : 'Go back to this'}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function describeVersion({ version, state, createdBy }: MappingVersion): string {
  const name = createdBy === null ? 'The defaults' : `Version ${version}`;
  if (state === 'in_force') return `${name}, in force`;
  if (state === 'rejected') return `${name}, turned down`;
  return state === 'pending' ? `${name}, waits for its plan` : name;
}
