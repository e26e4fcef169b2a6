/** What stands in place of content: waiting, empty, failed. */
import type { ReactNode } from 'react';
import { describeProblem } from '../api/problem.ts';
import { Button } from './button.tsx';

/** Holds the place of what is loading, so that nothing jumps when it comes. */
export function Skeleton({ rows, tall = false }: { rows: number; tall?: boolean }) {
  return (
    <div className="skeleton" role="status" data-tall={tall || undefined}>
      <span className="visually-hidden">Loading…</span>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike
        <div key={i} className="skeleton-row" aria-hidden="true" />
      ))}
    </div>
  );
}

export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty-state">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

export function ProblemNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, text } = describeProblem(error);
  return (
    <div className="note note-bad" role="alert">
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
