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
  /** The version that waits for its plan, where one does: what it changed here is not in the draft. */
  readonly waiting: number | undefined;
  readonly onDiscard: () => void;
  readonly onSave: () => void;
}

export function DraftActions(props: DraftActionsProps) {
  const { what, changed, ready, busy, waiting, onDiscard, onSave } = props;
  const actions = useRef<HTMLDivElement>(null);
  // Buttons that can't be pressed any more lose the focus, which goes to what they were about.
  useLayoutEffect(() => {
    if (changed || !actions.current?.contains(document.activeElement)) return;
    actions.current.closest('section')?.querySelector('h2')?.focus({ preventScroll: true });
  }, [changed]);
  return (
    <div className="plan-actions" ref={actions}>
      {changed && waiting !== undefined && (
        <p className="muted">
          This takes the place of version {waiting}, which waits for its plan and stays among the versions.
        </p>
      )}
      <Button aria-label={`Discard changes of ${what}`} disabled={!changed || busy} onClick={onDiscard}>
        Discard changes
      </Button>
      <Button look="primary" busy={busy} disabled={!changed || !ready} onClick={onSave}>
        Save {what}
      </Button>
    </div>
  );
}
