/** What becomes of a draft of mappings: it is saved, or those in force stay. */
import { useLayoutEffect, useRef } from 'react';
import { Button } from '../ui/button.tsx';

interface DraftActionsProps {
  /** For the buttons to say: another draft stands on the same page. */
  readonly what: string;
  readonly changed: boolean;
  /** Whether it could hold. */
  readonly ready: boolean;
  readonly busy: boolean;
  readonly onDiscard: () => void;
  readonly onSave: () => void;
}

export function DraftActions({ what, changed, ready, busy, onDiscard, onSave }: DraftActionsProps) {
  const actions = useRef<HTMLDivElement>(null);
  // Buttons that can't be pressed any more lose the focus, which goes to what they were about.
  useLayoutEffect(() => {
    if (changed || !actions.current?.contains(document.activeElement)) return;
    actions.current.closest('section')?.querySelector('h2')?.focus({ preventScroll: true });
  }, [changed]);
  return (
    <div className="plan-actions" ref={actions}>
      <Button aria-label={`Discard changes of ${what}`} disabled={!changed || busy} onClick={onDiscard}>
        Discard changes
      </Button>
      <Button look="primary" busy={busy} disabled={!changed || !ready} onClick={onSave}>
        Save {what}
      </Button>
    </div>
  );
}
