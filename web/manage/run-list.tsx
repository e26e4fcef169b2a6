/** Syncs, newest first: what each did, how long it took, why it began, and where an operator sees its workflow. */
import { Fragment } from 'react';
import type { Integration, Run } from '../../api/contract/index.ts';
import { Link } from '../router.tsx';
import { paths } from '../routes.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { OutLink } from '../ui/out-link.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { EmptyState } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { remedyOf } from '../words/attention.ts';
import {
  canBeUndone,
  count,
  describeResult,
  runDuration,
  runMode,
  runReason,
  runStatus,
  waitingRun,
} from '../words/run.ts';
import type { Tone } from '../words/state.ts';
import { UndoRun } from './undo-run.tsx';

const tones: Readonly<Record<Run['status'], Tone>> = {
  running: 'busy',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'quiet',
  parked: 'quiet',
};

interface RunListProps {
  readonly integration: Integration;
  readonly runs: readonly Run[];
  /** Whether runs can be taken back here. */
  readonly canUndo?: boolean;
}

export function RunList({ integration, runs, canUndo = false }: RunListProps) {
  if (runs.length === 0) return <EmptyState title="No sync has run yet" />;
  const waiting = waitingRun(runs, integration.phase);
  return (
    <ul className="runs">
      {runs.map((run) => (
        <RunRow
          key={run.id}
          integrationId={integration.id}
          run={run}
          waits={run.id === waiting?.id}
          canUndo={canUndo}
        />
      ))}
    </ul>
  );
}

interface RunRowProps {
  readonly integrationId: string;
  readonly run: Run;
  /** The person has to decide on it. */
  readonly waits: boolean;
  readonly canUndo: boolean;
}

function RunRow({ integrationId, run, waits, canUndo }: RunRowProps) {
  const took = runDuration(run);
  // What was to be done about it is done.
  const isSettled = run.status === 'parked' && !waits;
  return (
    <li className="run" data-run={run.id}>
      <div className="run-head">
        <StateBadge tone={waits ? 'warn' : tones[run.status]} text={runStatus(run, waits)} />
        <span>
          {runMode(run)}, {runReason(run)}
        </span>
        {canUndo && canBeUndone(run) && <UndoRun integrationId={integrationId} run={run} />}
      </div>
      <p className="run-result">
        {run.status === 'running' ? (
          `${count(run.counts.read)} read so far`
        ) : (
          <>
            <Result run={run} integrationId={integrationId} />
            {run.counts.read > 0 && <span className="muted"> · {count(run.counts.read)} read</span>}
          </>
        )}
      </p>
      {run.notices?.map(({ title, remedy }) => (
        <p key={title} className="run-notice">
          {title} {remedy}
        </p>
      ))}
      {run.error && (
        <p className="run-error">
          {run.error.title} {!isSettled && remedyOf(run.error)}
        </p>
      )}
      <p className="run-meta muted">
        <Time at={run.startedAt} />
        {took && ` · took ${took}`} ·{' '}
        <OutLink
          href={run.workflow.url}
          title="For operators: the workflow in Temporal"
          about=" of this sync, for operators"
        >
          Workflow
        </OutLink>{' '}
        · <span className="run-id">{run.id}</span>{' '}
        <CopyButton text={run.id} label="Copy the id of this sync" />
        {run.error && !isSettled && (
          <>
            {' '}
            ·{' '}
            <a
              href={`/v1/integrations/${encodeURIComponent(integrationId)}/support-bundle`}
              download={`harmony-${integrationId}.json`}
              title="Settings, runs and states, without names and without what was synced"
            >
              Report for support
            </a>
          </>
        )}
      </p>
    </li>
  );
}

/** Its conflicts lead to where they wait. */
function Result({ run, integrationId }: Pick<RunRowProps, 'run' | 'integrationId'>) {
  return describeResult(run).map(({ of, text }, index) => (
    <Fragment key={of}>
      {index > 0 && ', '}
      {of === 'conflicts' ? <Link href={paths.integration(integrationId, 'conflicts')}>{text}</Link> : text}
    </Fragment>
  ));
}
