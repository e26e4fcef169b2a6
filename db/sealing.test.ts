import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSealer } from './sealing.ts';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

describe('sealing', () => {
  it('opens what it sealed, and never seals the same text the same way twice', () => {
    const sealer = createSealer(key('k1'));
    const first = sealer.seal('refresh-token', 'credentials:int_1');
    expect(sealer.open(first, 'credentials:int_1')).toBe('refresh-token');
    expect(sealer.seal('refresh-token', 'credentials:int_1').sealed).not.toBe(first.sealed);
  });

  it('refuses a text that was moved to another row or changed', () => {
    const sealer = createSealer(key('k1'));
    const sealed = sealer.seal('refresh-token', 'credentials:int_1');
    expect(() => sealer.open(sealed, 'credentials:int_2')).toThrow();
    const changed = Buffer.from(sealed.sealed, 'base64');
    changed[30] = (changed[30] ?? 0) ^ 1;
    expect(() =>
      sealer.open({ ...sealed, sealed: changed.toString('base64') }, 'credentials:int_1'),
    ).toThrow();
  });

  it('opens with an older key after rotation while new texts use the new one', () => {
    const old = key('k1');
    const sealed = createSealer(old).seal('x', 'a');
    const rotated = createSealer(`${key('k2')},${old}`);
    expect(rotated.open(sealed, 'a')).toBe('x');
    expect(rotated.seal('x', 'a').keyId).toBe('k2');
  });

  it('says which entry is malformed without showing it', () => {
    expect(() => createSealer(`${key('k1')},k2:c2hvcnQ=`)).toThrow(/entry 2/);
    expect(() => createSealer(`${key('k1')},k2:c2hvcnQ=`)).not.toThrow(/c2hvcnQ/);
  });
});
