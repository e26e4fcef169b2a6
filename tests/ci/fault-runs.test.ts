import { it } from 'vitest';
import { runCommand } from './run-command.ts';

it('ten short fault runs of the real processes break no invariant', { timeout: 1_800_000 }, ({ signal }) =>
  runCommand(signal, 'dev/faults.ts', ['--runs', '10', '--seed', '1', '--steps', '12', '--quiet']),
);
