/** Earlier mappings, and the way back to each; the first are the defaults. */
import { useQuery } from '@tanstack/react-query';
import type { MappingVersion } from '../../api/contract/index.ts';
import { mappingVersionsQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { icons } from '../ui/icons.tsx';
import { Time } from '../ui/time.tsx';
import { countOf } from '../words/run.ts';
import { useRestoreMappings } from './use-save-mappings.ts';

export function MappingVersions({ integrationId, current }: { integrationId: string; current: number }) {
  const { data: versions = [] } = useQuery(mappingVersionsQuery(integrationId));
  const restore = useRestoreMappings(integrationId);
  if (versions.length < 2) return null;
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
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
