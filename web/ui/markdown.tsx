/** Markdown to read. The reader of the format comes only when there is some, and makes no HTML of its own. */
import { lazy, Suspense } from 'react';
import { Skeleton } from './states.tsx';

const MarkdownText = lazy(() => import('./markdown-text.tsx'));

export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<Skeleton rows={4} />}>
      <div className="markdown">
        <MarkdownText text={text} />
      </div>
    </Suspense>
  );
}
