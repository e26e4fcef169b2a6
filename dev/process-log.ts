// One log file per process. Processes write to it by themselves, so a log outlives the supervisor that opened it.
import { closeSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const rotateAtBytes = 10 * 1024 * 1024;
const pollMs = 25;

const readSize = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Opens for appending; a file grown past 10 MB is first moved to `<file>.1`. The caller closes the descriptor. */
export const openLog = (file: string): number => {
  if (readSize(file) > rotateAtBytes) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
};

export const readLogFrom = (file: string, offset: number): string => {
  const length = readSize(file) - offset;
  if (length <= 0) return '';
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, length, offset));
  } finally {
    closeSync(descriptor);
  }
};

/** The last lines written since `offset`, for an error message. */
export const readLogTail = (file: string, offset: number, lines = 12): string =>
  readLogFrom(file, Math.max(offset, readSize(file) - 8192))
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .join('\n');

/** Resolves when a whole line that matches stands in the log after `offset`. */
export const waitForLogLine = async (
  file: string,
  offset: number,
  matches: (line: string) => boolean,
  signal: AbortSignal,
): Promise<void> => {
  let readTo = offset;
  let rest = '';
  for (;;) {
    signal.throwIfAborted();
    const text = readLogFrom(file, readTo);
    readTo += Buffer.byteLength(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (lines.some(matches)) return;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
};
