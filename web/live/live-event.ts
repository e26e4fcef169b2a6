import type { LiveEventData, LiveEventName } from '../../api/contract/index.ts';

/** One event as it came: its name and what that name carries. */
export type LiveEvent = {
  [Name in LiveEventName]: { readonly name: Name; readonly data: LiveEventData[Name] };
}[LiveEventName];
