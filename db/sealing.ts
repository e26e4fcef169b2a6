/** Encryption at rest: AES-256-GCM under a named key, with associated data that ties the text to its row. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface Sealed {
  readonly keyId: string;
  /** base64 of nonce (12 bytes), tag (16) and ciphertext. */
  readonly sealed: string;
}

export interface Sealer {
  /** The key that seals; all others only open. */
  readonly currentKeyId: string;
  readonly olderKeyIds: readonly string[];
  /** `boundTo` names the row and column; opening with another one fails. */
  seal(plain: string, boundTo: string): Sealed;
  /** Throws when the key is unknown, or the text was changed or moved to another row. */
  open(sealed: Sealed, boundTo: string): string;
}

/**
 * Input: `keyId:base64 of 32 bytes[,older…]` as HARMONY_ENCRYPTION_KEYS has it; the first seals, all open.
 * Throws with the position of a malformed key, never with its content.
 */
export function createSealer(keySpec: string): Sealer {
  const keys = new Map<string, Buffer>();
  for (const [position, part] of keySpec.split(',').entries()) {
    const separator = part.indexOf(':');
    const key = Buffer.from(part.slice(separator + 1), 'base64');
    if (separator < 1 || key.length !== 32) {
      throw new Error(
        `HARMONY_ENCRYPTION_KEYS: entry ${position + 1} is not "keyId:<base64 of 32 bytes>". Make one with: openssl rand -base64 32`,
      );
    }
    keys.set(part.slice(0, separator).trim(), key);
  }
  const [currentId = '', ...olderKeyIds] = keys.keys();

  return {
    currentKeyId: currentId,
    olderKeyIds,
    seal(plain, boundTo) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', keys.get(currentId) as Buffer, nonce);
      cipher.setAAD(Buffer.from(boundTo));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return {
        keyId: currentId,
        sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64'),
      };
    },
    open({ keyId, sealed }, boundTo) {
      const key = keys.get(keyId);
      if (key === undefined) {
        throw new Error(
          `No encryption key "${keyId}": add it to HARMONY_ENCRYPTION_KEYS behind the current one.`,
        );
      }
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAAD(Buffer.from(boundTo));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}
