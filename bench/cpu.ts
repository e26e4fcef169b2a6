/** Processor time by process, from /proc: on a shared machine it tells more than the clock does. */
import { readdirSync, readFileSync } from 'node:fs';
import { type ProcessName, processNames, type Running } from '../dev/running-file.ts';

/** Linux counts in hundredths of a second, whatever the kernel's own rate is. */
const ticksPerSecond = 100;

/** A process and all that it started, also those that have ended since; seconds. 0 where the system does not tell. */
function cpuSeconds(pid: number | null, children: ReadonlyMap<number, readonly number[]>): number {
  if (pid === null) return 0;
  const fields = statFields(pid);
  // utime, stime, and of ended children cutime, cstime: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const own = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / ticksPerSecond;
  return (children.get(pid) ?? []).reduce((sum, child) => sum + cpuSeconds(child, children), own);
}

/** The fields after the name, which may hold blanks; the first is the state. */
function statFields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  try {
    for (const name of readdirSync('/proc')) {
      const parent = /^\d+$/.test(name) ? Number(statFields(Number(name))[1]) : Number.NaN;
      if (!Number.isNaN(parent)) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    }
  } catch {
    // No /proc: then nothing is told.
  }
  return children;
}

/** `stolen`: what the host of a virtual machine gave to others while something here wanted to run. */
export type CpuSeconds = Readonly<Record<ProcessName | 'stolen', number>>;

export function readCpu(running: Running): CpuSeconds {
  const children = childrenByParent();
  const entries = processNames.map((name) => [name, cpuSeconds(running.pids[name], children)]);
  return Object.fromEntries([...entries, ['stolen', stolenSeconds()]]) as CpuSeconds;
}

/** Of all processors together, since the machine started: https://man7.org/linux/man-pages/man5/proc_stat.5.html */
function stolenSeconds(): number {
  try {
    const [, ...ticks] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/);
    return Number(ticks[7] ?? 0) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** Seconds of processor time since `before`: "api 3.1, worker 2.9, … stolen 0.1". */
export function describeCpuSeconds(running: Running, before: CpuSeconds): string {
  const now = readCpu(running);
  const names = [...processNames, 'stolen'] as const;
  return `CPU s: ${names.map((name) => `${name} ${(now[name] - before[name]).toFixed(1)}`).join(', ')}`;
}

/** Seconds of processor time since `before`, per 100,000 records: "worker 3.1, postgres 2.9, …". */
export function describeCpu(running: Running, before: CpuSeconds, records: number): string {
  const now = readCpu(running);
  const spent = processNames.map((name) => {
    const seconds = ((now[name] - before[name]) * 100_000) / Math.max(1, records);
    return `${name} ${seconds.toFixed(1)}`;
  });
  return `CPU s per 100,000: ${spent.join(', ')}`;
}
