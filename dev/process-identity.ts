// Tells a process of ours from a stranger that got its number: a pid alone is reused, pid + start time is not.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const quietly = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

const run = (file: string, args: string[]): string | undefined =>
  quietly(() => execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()) ||
  undefined;

/** When a process started, as an opaque text to compare; undefined when it is gone (a zombie counts as gone). */
export const readProcessStart = (pid: number): string | undefined => {
  if (process.platform === 'linux') {
    const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
    // The second field is the command in parentheses and may hold anything: count from its end.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const bootId = quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()) ?? '';
    return `${bootId}:${fields[19]}`;
  }
  if (process.platform === 'win32') {
    return run('powershell', ['-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.Ticks`]);
  }
  const line = run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
  return line?.startsWith('Z') ? undefined : line?.replace(/^\S+\s+/, '');
};

/** The command line of a process, its parts joined by spaces; undefined when it is gone or not readable. */
export const readProcessCommand = (pid: number): string | undefined => {
  if (process.platform === 'linux') {
    return quietly(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim());
  }
  if (process.platform === 'win32') {
    return run('powershell', [
      '-NoProfile',
      '-Command',
      `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`,
    ]);
  }
  return run('ps', ['-o', 'command=', '-p', String(pid)]);
};

/** Sends a signal; false when the process is gone. */
export const sendSignal = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};
