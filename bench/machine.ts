import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** Cores, processor, memory and Node, for the head of every report. */
export function describeMachine(): string {
  const [first] = cpus();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${first?.model ?? 'unknown'}), ${memoryGiB} GiB, Node ${process.version}, ${process.platform}`;
}

/** Peak resident memory of a process in MiB since its start; undefined where the system does not tell (not Linux). */
export function peakMemoryMiB(pid: number | null): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
  } catch {
    return undefined;
  }
}
