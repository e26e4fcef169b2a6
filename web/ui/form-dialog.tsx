/** A dialog that is filled in and sent: by its main button, or by Enter in a field. */
import { type FormEvent, useId } from 'react';
import { Button } from './button.tsx';
import { Dialog, type DialogProps } from './dialog.tsx';

interface FormDialogProps extends Omit<DialogProps, 'open' | 'actions'> {
  readonly submitLabel: string;
  readonly cancelLabel?: string;
  /** `danger` where something is taken away. */
  readonly look?: 'primary' | 'danger';
  /** Whether it can be sent as it is filled in. */
  readonly ready: boolean;
  readonly busy: boolean;
  readonly onSubmit: () => void;
  readonly formClass?: string;
}

export function FormDialog({
  children,
  formClass,
  submitLabel,
  ready,
  busy,
  onSubmit,
  ...rest
}: FormDialogProps) {
  const { cancelLabel = 'Cancel', look = 'primary', ...dialog } = rest;
  const formId = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !busy) onSubmit();
  };
  return (
    <Dialog
      {...dialog}
      open
      actions={
        <>
          <Button onClick={dialog.onClose}>{cancelLabel}</Button>
          <Button look={look} type="submit" form={formId} busy={busy} disabled={!ready}>
            {submitLabel}
          </Button>
        </>
      }
    >
      <form id={formId} className={formClass} onSubmit={submit}>
        {children}
      </form>
    </Dialog>
  );
}
