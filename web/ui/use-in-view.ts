import { type RefObject, useEffect } from 'react';

/** On a narrow window a row of links or tabs is pushed aside: brings the chosen one back into it. */
export function useInView(
  row: RefObject<HTMLElement | null>,
  selector: string,
  chosen: string | undefined,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is what it waits for
  useEffect(() => {
    const show = (): void => {
      const item = row.current?.querySelector(selector)?.getBoundingClientRect();
      const frame = row.current?.getBoundingClientRect();
      // Sideways alone: the page itself must not move.
      if (row.current && item && frame)
        row.current.scrollLeft += item.left + item.width / 2 - (frame.left + frame.width / 2);
    };
    show();
    window.addEventListener('resize', show);
    return () => window.removeEventListener('resize', show);
  }, [row, selector, chosen]);
}
