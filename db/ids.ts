import { createHash, randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';

/** The prefix tells what an id names, wherever a person meets it. */
export type IdPrefix =
  | 'aud'
  | 'cfl'
  | 'col'
  | 'con'
  | 'doc'
  | 'evt'
  | 'int'
  | 'key'
  | 'lst'
  | 'oat'
  | 'op'
  | 'per'
  | 'pln'
  | 'run'
  | 'ses'
  | 'tcm'
  | 'tsk'
  | 'usr'
  | 'wch'
  | 'ws';

/** A new id such as `int_019abc…`: time-ordered (UUIDv7 without dashes), so that indexes grow at their end. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${uuidv7().replaceAll('-', '')}`;
}

/** Ids that were made before this time (milliseconds since 1970) come before it. */
export const firstIdAt = (prefix: IdPrefix, ms: number): string =>
  `${prefix}_${Math.floor(ms).toString(16).padStart(12, '0')}`;

/** A secret that a person or browser carries: 32 random bytes, base64url, with a prefix that secret scanners know. */
export function newSecret(prefix: 'hk' | 'hs' | 'he' | 'hl' | 'ho'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** What is kept of a secret: it has 256 random bits, so a plain SHA-256 can't be searched. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
