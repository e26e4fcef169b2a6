/**
 * A modal dialog on Radix. Its own overlay is left out on purpose: that one locks scrolling by injecting a style
 * element, which a strict CSP refuses; styles/dialog.css contains scrolling instead.
 */
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { icons } from './icons.tsx';

/** Where the focus was before the first of several dialogs that follow each other. */
let openedFrom: HTMLElement | undefined;

/** Whoever opens a form that begins with a field can type at once. */
function takeFocus(event: Event): void {
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && focused !== document.body && !focused.closest('[role="dialog"]'))
    openedFrom = focused;
  const dialog = event.currentTarget as HTMLElement;
  const field = dialog.querySelector<HTMLElement>('form > :first-child :is(input, textarea)');
  if (!field) return;
  event.preventDefault();
  field.focus();
}

/** Radix gives it back to its own trigger, which a dialog opened from elsewhere does not have. */
function giveFocusBack(event: Event): void {
  event.preventDefault();
  // The next dialog, or the heading of the page that it led to, has it already.
  if (document.activeElement !== document.body) return;
  const target = openedFrom?.isConnected ? openedFrom : document.querySelector<HTMLElement>('main');
  target?.focus();
}

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** For forms of many fields, which then stand in two columns. */
  readonly wide?: boolean;
  /** One or two sentences under the title, read out on opening. */
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
  /** The buttons, the main one last. */
  readonly actions: ReactNode;
}

export function Dialog({ open, onClose, title, wide = false, lead, children, actions }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <div className="dialog-backdrop">
          <Radix.Content
            className="dialog"
            data-wide={wide || undefined}
            onOpenAutoFocus={takeFocus}
            onCloseAutoFocus={giveFocusBack}
            {...(lead ? {} : { 'aria-describedby': undefined })}
          >
            <div className="dialog-head">
              <Radix.Title className="dialog-title">{title}</Radix.Title>
              <Radix.Close className="icon-button" aria-label="Close">
                {icons.cross}
              </Radix.Close>
            </div>
            {lead && (
              <Radix.Description asChild>
                <div className="dialog-lead">{lead}</div>
              </Radix.Description>
            )}
            {children}
            <div className="dialog-actions">{actions}</div>
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  );
}
