import type { StateWords } from '../words/state.ts';

export function StateBadge({ tone, text }: StateWords) {
  return (
    <span className={`badge badge-${tone}`}>
      <span className="badge-dot" aria-hidden="true" />
      {text}
    </span>
  );
}
