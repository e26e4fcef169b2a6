import { expect } from 'vitest';
import type { ProviderErrorKind } from '../contract/index.ts';

/** The signal of a call that must not hang. */
export const inTime = (): AbortSignal => AbortSignal.timeout(30_000);

/** For `rejects.toThrow`. */
export const failing = (kind: ProviderErrorKind, more: object = {}) =>
  expect.objectContaining({ name: 'ProviderError', kind, ...more });
