// The supervised processes of one stack: recorded on disk while they live, stopped in the right order.
import type { ProcessRecords } from './process-records.ts';
import { type ProcessName, processNames } from './running-file.ts';
import { type ProcessSpec, type SupervisedProcess, superviseProcess } from './supervised-process.ts';

/** Who takes requests goes first, who keeps the data goes last. */
const stopOrder: readonly ProcessName[] = ['api', 'worker', 'sandbox', 'temporal', 'postgres'];

export interface ProcessGroup {
  /** Starts a process; resolves when it is ready. */
  launch(spec: ProcessSpec): Promise<void>;
  get(name: ProcessName): SupervisedProcess;
  pids(): Record<ProcessName, number | null>;
  stopAll(force: boolean): Promise<void>;
}

export interface ProcessGroupOptions {
  records: ProcessRecords;
  report: (line: string) => void;
  /** A process was started, or started again. */
  onSpawn: () => void;
}

export const createProcessGroup = ({ records, report, onSpawn }: ProcessGroupOptions): ProcessGroup => {
  const processes = new Map<string, SupervisedProcess>();
  let stopping = false;
  let forced = false;
  return {
    async launch(spec) {
      if (stopping) throw new Error('The stack is stopping.');
      const supervised = superviseProcess(spec, {
        report,
        onSpawn: (name, pid) => {
          records.add(name, pid, spec.stopSignal);
          onSpawn();
        },
        onExit: (name) => records.remove(name),
      });
      processes.set(spec.name, supervised);
      await supervised.ready();
    },
    get(name) {
      const found = processes.get(name);
      if (!found) throw new Error(`${name} is not started by this stack.`);
      return found;
    },
    pids: () =>
      Object.fromEntries(processNames.map((name) => [name, processes.get(name)?.pid ?? null])) as Record<
        ProcessName,
        number | null
      >,
    async stopAll(force) {
      stopping = true;
      forced ||= force;
      // A second, forced call overtakes the first: its kills end what the first waits for.
      if (forced) await Promise.all([...processes.values()].map((one) => one.stop({ force: true })));
      for (const name of stopOrder) await processes.get(name)?.stop({ force: forced });
    },
  };
};
