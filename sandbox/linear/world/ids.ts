/** Ids of seeded records: UUIDs of version 4 that lead back to their index without a table. */
import { createIndexScrambler, hashText, mixPair } from '../../core/seeded-random.ts';

const V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export function isUuidV4(text: string): boolean {
  return V4.test(text);
}

export interface IdSeries {
  id(index: number): string;
  /** The index whose id this could be; undefined where it is none of this series. */
  indexOf(id: string): number | undefined;
}

/** @param name tells one kind of record from another under the same seed. */
export function createIdSeries(name: string, seed: number): IdSeries {
  const salt = mixPair(hashText(name), seed);
  const { scramble, unscramble } = createIndexScrambler(salt);
  const id = (index: number): string => {
    const second = hex(mixPair(salt, index));
    const third = hex(mixPair(salt + 1, index));
    const last = hex(mixPair(salt + 2, index));
    const variant = '89ab'[Number.parseInt(third[0] as string, 16) & 3];
    return `${hex(scramble(index))}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${last}`;
  };
  return {
    id,
    indexOf: (text) => {
      if (text.length !== 36) return undefined;
      const index = unscramble(Number.parseInt(text.slice(0, 8), 16));
      return index >= 0 && id(index) === text ? index : undefined;
    },
  };
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
