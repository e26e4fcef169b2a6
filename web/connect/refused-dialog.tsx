/** The sign-in did not work: why, and the way on. */
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface RefusedDialogProps {
  readonly title: string;
  readonly remedy: string;
  readonly cancelLabel: string;
  readonly onRetry: () => void;
  readonly onCancel: () => void;
  readonly onClose: () => void;
}

export function RefusedDialog(props: RefusedDialogProps) {
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={props.title}
      lead={props.remedy}
      actions={
        <>
          <Button onClick={props.onCancel}>{props.cancelLabel}</Button>
          <Button look="primary" onClick={props.onRetry}>
            Try again
          </Button>
        </>
      }
    />
  );
}
