import { type RefObject, useEffect, useRef } from 'react';

/** Whether what asks is still on the screen, for an answer that may come after that. */
export function useShown(): RefObject<boolean> {
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  return shown;
}
