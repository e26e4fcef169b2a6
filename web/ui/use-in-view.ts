import { type RefObject, useEffect } from 'react';

/** On a narrow window a row of links or tabs is pushed aside: brings the chosen one back into it. */
export function useInView(
  row: RefObject<HTMLElement | null>,
  selector: string,
  chosen: string | undefined,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is what it waits for
  useEffect(() => {
    const show = (): void =>
      row.current?.querySelector(selector)?.scrollIntoView({ block: 'nearest', inline: 'center' });
    show();
    window.addEventListener('resize', show);
    return () => window.removeEventListener('resize', show);
  }, [row, selector, chosen]);
}
