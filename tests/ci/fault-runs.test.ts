import { it } from 'vitest';
import { runCommand } from './run-command.ts';

it('two short fault runs of the real processes break no invariant', { timeout: 600_000 }, ({ signal }) =>
  runCommand(signal, 'dev/faults.ts', ['--runs', '2', '--seed', '1', '--steps', '12', '--quiet']),
);
