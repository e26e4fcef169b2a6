/** The checks of a connection test in words, and how grave each is. Pure. */
import type { ConnectionReport, Provider } from '../../api/contract/index.ts';
import { signInCodes } from './state.ts';

export type Check = ConnectionReport['checks'][number];
export type CheckGrade = 'good' | 'warn' | 'bad';

/** Where the whole test passed, a check that did not is something to improve, not a fault. */
export function gradeCheck(check: Check, report: Pick<ConnectionReport, 'ok'>): CheckGrade {
  if (check.ok) return 'good';
  return report.ok ? 'warn' : 'bad';
}

const plainNames: Readonly<Record<string, string>> = {
  token: 'Sign-in',
  account: 'Account',
  watch: 'Instant updates',
  workflow: 'Background work',
};

export function nameCheck(name: string, provider: Provider | undefined): string {
  const [kind = '', subject] = name.split(/:(.*)/s);
  if (kind === 'scope') return 'Permission';
  if (kind === 'read') {
    const label = provider?.streams.find((stream) => stream.name === subject)?.label ?? subject;
    return `Reading ${label}`;
  }
  return plainNames[kind] ?? name;
}

const isGranted = ({ name, ok }: Check): boolean => ok && name.startsWith('scope:');

/** What is permitted stands in one line, at the place of the first; what is not has a line of its own. */
export function joinPermissions(checks: readonly Check[]): readonly Check[] {
  const granted = checks.filter(isGranted);
  const first = granted[0];
  if (first === undefined) return checks;
  const joined = { ...first, detail: granted.map(({ detail }) => detail).join(' ') };
  return checks.flatMap((check) => (check === first ? joined : isGranted(check) ? [] : check));
}

/** What the whole test comes to. */
export function describeReport({ ok, checks }: ConnectionReport): string {
  if (ok) return 'The connection works';
  const failing = checks.filter((check) => !check.ok).map(({ name }) => name.split(':')[0]);
  // Reading fails where its permission is gone.
  const lacksPermission =
    failing.includes('scope') && failing.every((kind) => kind === 'scope' || kind === 'read');
  return lacksPermission ? 'Harmony lacks a permission' : 'The connection does not work';
}

/** Whether signing in again is the way to mend what did not pass: not where the provider is away, say. */
export const mendedBySignIn = (checks: readonly Check[]): boolean =>
  checks.some(
    ({ name, ok, code }) =>
      !ok && /^(token|account|scope:)/.test(name) && (code === undefined || signInCodes.test(code)),
  );
