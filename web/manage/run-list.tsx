/** Syncs, newest first: what each did, how long it took, why it began, and where an operator sees its workflow. */
import type { Run } from '../../api/contract/index.ts';
import { icons } from '../ui/icons.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { EmptyState } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { count, describeCounts, runDuration, runMode, runReason, runStatus } from '../words/run.ts';
import type { Tone } from '../words/state.ts';
import { changedSomething, UndoRun } from './undo-run.tsx';

const tones: Readonly<Record<Run['status'], Tone>> = {
  running: 'busy',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'quiet',
  parked: 'warn',
};

interface RunListProps {
  readonly runs: readonly Run[];
  /** Given where runs can be taken back. */
  readonly undoFor?: string | undefined;
}

export function RunList({ runs, undoFor }: RunListProps) {
  if (runs.length === 0) return <EmptyState title="No sync has run yet" />;
  return (
    <ul className="runs">
      {runs.map((run) => (
        <RunRow key={run.id} run={run} undoFor={undoFor} />
      ))}
    </ul>
  );
}

function RunRow({ run, undoFor }: { run: Run; undoFor: string | undefined }) {
  const took = runDuration(run);
  return (
    <li className="run" data-run={run.id}>
      <div className="run-head">
        <StateBadge tone={tones[run.status]} text={runStatus(run)} />
        <span>
          {runMode(run)}, {runReason(run)}
        </span>
        {undoFor !== undefined && changedSomething(run) && <UndoRun integrationId={undoFor} run={run} />}
      </div>
      <p className="run-result">
        {run.status === 'running' ? (
          `${count(run.counts.read)} read so far`
        ) : (
          <>
            {describeCounts(run.counts)}
            {run.counts.read > 0 && <span className="muted"> · {count(run.counts.read)} read</span>}
          </>
        )}
      </p>
      {run.error && (
        <p className="run-error">
          {run.error.title} {run.error.remedy}
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
