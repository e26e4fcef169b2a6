import { it } from 'vitest';
import { runCommand } from './run-command.ts';

it('the API answers as its document says, whatever schemathesis asks', { timeout: 600_000 }, ({ signal }) =>
  runCommand(signal, 'dev/test-schema.ts'),
);
