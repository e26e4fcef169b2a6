/** Syncs, newest first: what each did, how long it took, why it began, and where an operator sees its workflow. */
import type { Integration, Run } from '../../api/contract/index.ts';
import { icons } from '../ui/icons.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { EmptyState } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
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
          run={run}
          waits={run.id === waiting?.id}
          undoFor={canUndo ? integration.id : undefined}
        />
      ))}
    </ul>
  );
}

interface RunRowProps {
  readonly run: Run;
  /** The person has to decide on it. */
  readonly waits: boolean;
  readonly undoFor: string | undefined;
}

function RunRow({ run, waits, undoFor }: RunRowProps) {
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
        {undoFor !== undefined && canBeUndone(run) && <UndoRun integrationId={undoFor} run={run} />}
      </div>
      <p className="run-result">
        {run.status === 'running' ? (
          `${count(run.counts.read)} read so far`
        ) : (
          <>
            {describeResult(run)}
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
          {run.error.title} {!isSettled && run.error.remedy}
        </p>
      )}
      <p className="run-meta muted">
        <Time at={run.startedAt} />
        {took && ` · took ${took}`} ·{' '}
        <a
          href={run.workflow.url}
          target="_blank"
          rel="noreferrer"
          title="For operators: the workflow in Temporal"
        >
          Workflow {icons.out}
          <span className="visually-hidden"> of this sync, for operators (opens in a new tab)</span>
        </a>
      </p>
    </li>
  );
}
