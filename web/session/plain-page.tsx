/** A page without navigation: before, between and after sessions. */
import type { ReactNode } from 'react';
import { PageHeading } from '../ui/page-heading.tsx';
import { Wordmark } from '../ui/wordmark.tsx';

export function PlainPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="plain-page">
      <Wordmark />
      <PageHeading title={title} />
      {children}
    </main>
  );
}
