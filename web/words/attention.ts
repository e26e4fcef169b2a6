/** What to do about what needs attention, by the names that the buttons have. Pure. */
import type { Attention } from '../../api/contract/index.ts';

/** The API's own words are for programs, too, which apply a plan or reject it. */
export function remedyOf({ code, remedy }: Pick<Attention, 'code' | 'remedy'>): string {
  switch (code) {
    case 'run_parked':
      return 'Look at what it would change. Carry it out if that is what you want, or turn it down to keep the contacts.';
    case 'plan_needed':
      return 'Look at what would change on each side, then carry it out or turn it down.';
    default:
      return remedy;
  }
}
