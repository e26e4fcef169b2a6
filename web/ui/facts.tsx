import type { ReactNode } from 'react';

/** One of a few facts in a `dl`: what it is about, and what holds. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
