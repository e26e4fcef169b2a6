/** The page's h1 and title; takes the focus after a move within the page, so that a screen reader follows. */
import { type ReactNode, useEffect, useRef } from 'react';
import { hasNavigated } from '../router.tsx';

export function PageHeading({ title, children }: { title: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasNavigated()) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <title>{`${title} – Harmony`}</title>
      <h1 ref={heading} tabIndex={-1}>
        {children ?? title}
      </h1>
    </>
  );
}
