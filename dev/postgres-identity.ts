// PostgreSQL refuses to run as root. When we are root, it runs as another user; this file decides as whom, and how.
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Command } from './supervised-process.ts';

export interface PostgresIdentity {
  /** Undefined for an ordinary user: Postgres then runs as that user. */
  uid?: number | undefined;
  gid?: number | undefined;
  /** Puts the identity on a command. */
  apply(command: Command): Command;
}

const unprivilegedUsers = ['postgres', 'nobody'] as const;

const findUnprivilegedUser = (): { uid: number; gid: number } => {
  for (const name of unprivilegedUsers) {
    const readId = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    try {
      return { uid: readId('-u'), gid: readId('-g') };
    } catch {
      // No such user here: the next one.
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody" to run it as. ' +
      'Run npm start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  );
};

const canEnter = (folders: string[], user: { uid: number; gid: number }): boolean => {
  const script = 'for folder in "$@"; do cd "$folder" || exit 1; done';
  return spawnSync('/bin/sh', ['-c', script, 'sh', ...folders], { ...user, stdio: 'ignore' }).status === 0;
};

/**
 * A checkout below /root or a `mktemp -d` folder is closed to everyone else. There, Postgres keeps one right of
 * root, to pass closed folders (CAP_DAC_OVERRIDE); its user id stays the unprivileged one.
 */
const keepFolderAccess = (command: Command, user: { uid: number; gid: number }): Command => ({
  ...command,
  file: 'setpriv',
  args: [
    ...['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'],
    ...['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override', '--'],
    ...[command.file, ...command.args],
  ],
});

/**
 * @param folders what Postgres has to reach: its program and its data
 * @param cluster an existing cluster, whose owner is kept
 */
export const choosePostgresIdentity = (folders: string[], cluster: string): PostgresIdentity => {
  if (process.getuid?.() !== 0) return { apply: (command) => command };
  const owner = statSync(cluster, { throwIfNoEntry: false });
  const user = owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : findUnprivilegedUser();
  if (canEnter(folders, user)) return { ...user, apply: (command) => ({ ...command, ...user }) };

  const probe = keepFolderAccess({ file: 'true', args: [], env: {} }, user);
  if (process.platform === 'linux' && spawnSync(probe.file, probe.args, { stdio: 'ignore' }).status === 0) {
    return { ...user, apply: (command) => keepFolderAccess(command, user) };
  }
  throw new Error(
    `PostgreSQL does not run as root, and the user it would run as cannot enter ${folders.join(' or ')}. ` +
      'Move the checkout to a folder that others may enter, run npm start as an ordinary user, ' +
      'or set DATABASE_URL to a PostgreSQL of your own.',
  );
};
