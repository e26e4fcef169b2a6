/** What becomes of what somebody edits: it is saved, or everything stays. */
import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';

interface EditActionsProps {
  readonly busy: boolean;
  /** Whether it can be saved as it is. */
  readonly ready: boolean;
  readonly onDiscard: () => void;
  /** What is told beside the buttons. */
  readonly children?: ReactNode;
}

export function EditActions({ busy, ready, onDiscard, children }: EditActionsProps) {
  return (
    <div className="plan-actions">
      {children}
      <Button onClick={onDiscard}>Discard changes</Button>
      <Button look="primary" type="submit" busy={busy} disabled={!ready}>
        Save
      </Button>
    </div>
  );
}
