import type { ReactNode } from 'react';
import { icons } from './icons.tsx';

interface OutLinkProps {
  readonly href: string;
  readonly title?: string;
  /** Read out alone, after the words of the link: " of this sync". */
  readonly about?: string;
  readonly children: ReactNode;
}

/** Leads out of Harmony, in a tab of its own. */
export function OutLink({ href, title, about = '', children }: OutLinkProps) {
  return (
    <a href={href} target="_blank" rel="noreferrer" title={title}>
      {children} {icons.out}
      <span className="visually-hidden">{about} (opens in a new tab)</span>
    </a>
  );
}
