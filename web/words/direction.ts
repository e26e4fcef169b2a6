/** Which way data flows, and who wins, in words. Pure. */
import type { ConflictPolicy, MappingDirection, SyncDirection } from '../../api/contract/index.ts';

export interface DirectionWords {
  readonly value: SyncDirection;
  readonly title: string;
  readonly text: string;
}

export const describeDirections = (name: string): readonly DirectionWords[] => [
  {
    value: 'from_provider',
    title: `Only from ${name}`,
    text: `Harmony follows ${name} and changes nothing there.`,
  },
  {
    value: 'bidirectional',
    title: 'Both ways',
    text: 'A change on either side reaches the other.',
  },
  {
    value: 'to_provider',
    title: `Only to ${name}`,
    text: `${name} follows Harmony. What is changed there is put back.`,
  },
];

export const describePolicies = (name: string): readonly { value: ConflictPolicy; label: string }[] => [
  { value: 'newest', label: 'The newest change wins' },
  { value: 'harmony', label: 'Harmony wins' },
  { value: 'provider', label: `${name} wins` },
];

export const describeMappingDirections = (
  name: string,
): readonly { value: MappingDirection; label: string }[] => [
  { value: 'both', label: 'Both ways' },
  { value: 'from_provider', label: `From ${name}` },
  { value: 'to_provider', label: `To ${name}` },
];
