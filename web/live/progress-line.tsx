/** The run in progress: a bar where its size is known, a count where it is not. */
import type { Run } from '../../api/contract/index.ts';
import { count } from '../words/run.ts';
import { type RunProgress, remainingWords, viewProgress } from './progress.ts';

export function ProgressLine({ progress, run }: { progress: RunProgress | undefined; run: Run | undefined }) {
  const view = progress ? viewProgress(progress) : { done: 0, total: undefined, remainingMs: undefined };
  // Until the first report comes, the run's own count says how far it is.
  const done = Math.max(view.done, progress ? 0 : (run?.counts.read ?? 0));
  const words =
    view.total !== undefined
      ? `${count(done)} of ${count(view.total)}`
      : done > 0
        ? `${count(done)} read so far`
        : 'Starting…';
  return (
    <div className="progress-line">
      <progress
        aria-label="Progress of the sync"
        {...(view.total !== undefined ? { value: done, max: view.total } : {})}
      />
      <span className="progress-words">
        {words}
        {view.remainingMs !== undefined && ` · ${remainingWords(view.remainingMs)}`}
      </span>
    </div>
  );
}
