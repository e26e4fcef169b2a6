/**
 * A modal dialog on Radix. Its own overlay is left out on purpose: that one locks scrolling by injecting a style
 * element, which a strict CSP refuses; styles/dialog.css contains scrolling instead.
 */
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { icons } from './icons.tsx';

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
