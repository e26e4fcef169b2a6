/** Tomorrow's workflow code for tests: today's with a few edits, bundled from a copy. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

const project = join(import.meta.dirname, '..', '..');

export interface Edit {
  /** In `workflows/`. */
  readonly file: string;
  /** A text that the file has exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Put above the file's own. */
  readonly imports?: string;
}

/** Throws when a text is not there once: an edit that misses would test nothing. */
export async function bundleChangedWorkflows(edits: readonly Edit[]): Promise<WorkflowBundle> {
  const copy = mkdtempSync(join(tmpdir(), 'harmony-changed-workflows-'));
  try {
    cpSync(join(project, 'workflows'), join(copy, 'workflows'), { recursive: true });
    symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
    for (const { file, find, replace, imports = '' } of edits) {
      const path = join(copy, 'workflows', file);
      const parts = readFileSync(path, 'utf8').split(find);
      if (parts.length !== 2)
        throw new Error(`workflows/${file} has "${find}" ${parts.length - 1} times, not once`);
      writeFileSync(path, imports + parts.join(replace));
    }
    return await bundleWorkflowCode({
      workflowsPath: join(copy, 'workflows', 'index.ts'),
      logger: new DefaultLogger('WARN'),
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
