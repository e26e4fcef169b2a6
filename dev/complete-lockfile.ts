/**
 * Adds to package-lock.json the optional packages of other platforms that npm left out. npm does so when its registry
 * does not carry them (a mirror with gaps), and `npm ci` then refuses the lock on every machine. The versions come
 * from the packages that ask for them; a hash is not known, and the next lock made against the full registry has it.
 * Run `node dev/complete-lockfile.ts` after `npm install` when dev/complete-lockfile.test.ts fails.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

export interface Lock {
  packages: Record<string, LockEntry>;
}

const operatingSystems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/** Looks where Node would: beside the owner's own packages first, then in each folder above. */
const isLocked = (packages: Lock['packages'], owner: string, name: string): boolean => {
  for (let base = owner; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    if (packages[`${base ? `${base}/` : ''}node_modules/${name}`]) return true;
    if (base === '') return false;
  }
};

export interface MissingPackage {
  owner: string;
  name: string;
  version: string;
}

/** Optional packages with an exact version that a locked package asks for and the lock does not name. */
export const listMissingOptionals = (lock: Lock): MissingPackage[] =>
  Object.entries(lock.packages).flatMap(([owner, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name, version]) => /^\d/.test(version) && !isLocked(lock.packages, owner, name))
      .map(([name, version]) => ({ owner, name, version })),
  );

const describePackage = ({ owner, name, version }: MissingPackage, lock: Lock): LockEntry => {
  const words = name.split('/').at(-1)?.split('-') ?? [];
  const os = words.filter((word) => operatingSystems.includes(word));
  const cpu = words.filter((word) => processors.includes(word));
  if (os.length === 0 || cpu.length === 0) {
    throw new Error(
      `${name}, wanted by ${owner}, does not name its platform: lock it against the full registry.`,
    );
  }
  const libc = !os.includes('linux')
    ? undefined
    : name.includes('musl')
      ? 'musl'
      : name.includes('gnu')
        ? 'glibc'
        : undefined;
  return {
    version,
    cpu,
    ...(lock.packages[owner]?.dev ? { dev: true } : {}),
    ...(libc ? { libc: [libc] } : {}),
    optional: true,
    os,
  };
};

export const completeLock = (lock: Lock): Lock => {
  const missing = listMissingOptionals(lock);
  const { '': root = {}, ...present } = lock.packages;
  const added = missing.map((one) => [`node_modules/${one.name}`, describePackage(one, lock)] as const);
  const sorted = [...Object.entries(present), ...added].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...lock, packages: { '': root, ...Object.fromEntries(sorted) } };
};

if (import.meta.main) {
  const file = join(import.meta.dirname, '..', 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  writeFileSync(file, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
  console.log(`${listMissingOptionals(lock).length} packages added to package-lock.json.`);
}
