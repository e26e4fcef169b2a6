/** Ids of the seeded world: they look like random UUIDs, need no table, and lead back to what they name. */
import { createIndexScrambler, mixPair } from '../core/seeded-random.ts';

const kinds = ['page', 'block', 'data_source', 'database', 'user', 'bot', 'workspace', 'option'] as const;
export type IdKind = (typeof kinds)[number];

export interface Located {
  kind: IdKind;
  index: number;
  /** Which block of that page, for blocks; else 0. */
  ordinal: number;
}

export interface IdCodec {
  encode(kind: IdKind, index: number, ordinal?: number): string;
  /** What the id names; undefined where this world never made it. */
  decode(id: string): Located | undefined;
}

/** The last 16 bits as four digits; looked up, since a listing of a hundred pages makes a thousand ids. */
function hex4(value: number): string {
  return digits[value & 0xffff] as string;
}

const digits = Array.from({ length: 0x10000 }, (_, i) => i.toString(16).padStart(4, '0'));

export function createIdCodec(seed: number): IdCodec {
  const scrambler = createIndexScrambler(seed);
  const encode = (kind: IdKind, index: number, ordinal = 0): string => {
    const kindNumber = kinds.indexOf(kind);
    const hash = mixPair(seed ^ (kindNumber * 0x1000193), index);
    const tail = mixPair(hash, ordinal);
    const index32 = scrambler.scramble(index);
    const version = 0x4000 | (kindNumber << 8) | ((hash >>> 16) & 0xff);
    const variant = 0x8000 | (tail & 0x3fff);
    const last = mixPair(tail, hash);
    return `${hex4(index32 >>> 16)}${hex4(index32)}-${hex4(ordinal ^ hash)}-${hex4(version)}-${hex4(variant)}-${hex4(tail >>> 16)}${hex4(last >>> 16)}${hex4(last)}`;
  };
  return {
    encode,
    decode: (id) => {
      const kind = kinds[Number.parseInt(id[15] ?? '', 16)];
      if (kind === undefined) return undefined;
      const index = scrambler.unscramble(Number.parseInt(id.slice(0, 8), 16));
      if (index < 0 || index > 2_097_151) return undefined;
      const hash = mixPair(seed ^ (kinds.indexOf(kind) * 0x1000193), index);
      const ordinal = (Number.parseInt(id.slice(9, 13), 16) ^ hash) & 0xffff;
      return encode(kind, index, ordinal) === id ? { kind, index, ordinal } : undefined;
    },
  };
}

/** The id with dashes and in lower case, as Notion answers it; undefined where the text is no UUID. */
export function normaliseId(text: string): string | undefined {
  const hex = text.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
