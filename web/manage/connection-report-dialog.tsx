/** What a connection test found, one line a check, each with its fix. */
import type { ConnectionReport, Provider } from '../../api/contract/index.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { icons } from '../ui/icons.tsx';
import { ProblemNote, Skeleton } from '../ui/states.tsx';
import { describeReport, gradeCheck, joinPermissions, mendedBySignIn, nameCheck } from '../words/check.ts';
import { countOf } from '../words/run.ts';

interface ConnectionReportDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly provider: Provider | undefined;
  readonly report: ConnectionReport | undefined;
  readonly error: unknown;
  readonly busy: boolean;
  readonly onRetest: () => void;
  readonly onSignIn: () => void;
  readonly signInLabel: string;
}

const gradeIcons = { good: icons.check, warn: icons.warn, bad: icons.cross } as const;
const gradeWords = { good: 'In order: ', warn: 'Could be better: ', bad: 'Needs fixing: ' } as const;

export function ConnectionReportDialog(props: ConnectionReportDialogProps) {
  const { open, onClose, provider, report, error, busy, onRetest, onSignIn } = props;
  const name = provider?.name ?? 'the provider';
  const offerSignIn = !busy && report !== undefined && mendedBySignIn(report.checks);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={busy || !report ? `Testing ${name}` : describeReport(report)}
      lead={busy ? `Asking ${name}…` : report ? summary(report) : undefined}
      actions={
        <>
          <Button onClick={onRetest} busy={busy}>
            Test again
          </Button>
          {offerSignIn ? (
            <Button look="primary" onClick={onSignIn}>
              {props.signInLabel}
            </Button>
          ) : (
            <Button look="primary" onClick={onClose}>
              Done
            </Button>
          )}
        </>
      }
    >
      {busy ? (
        <Skeleton rows={4} />
      ) : report ? (
        <ul className="checks">
          {joinPermissions(report.checks).map((check) => {
            const grade = gradeCheck(check, report);
            return (
              <li key={check.name} className={`check check-${grade}`}>
                {gradeIcons[grade]}
                <div>
                  <strong>
                    <span className="visually-hidden">{gradeWords[grade]}</span>
                    {nameCheck(check.name, provider)}
                  </strong>
                  <p>{check.detail}</p>
                  {check.remedy && <p className="remedy">{check.remedy}</p>}
                </div>
              </li>
            );
          })}
        </ul>
      ) : (
        error !== null && error !== undefined && <ProblemNote error={error} />
      )}
    </Dialog>
  );
}

function summary(report: ConnectionReport): string {
  const failing = report.checks.filter(({ ok }) => !ok).length;
  const took = `Answered in ${Math.round(report.latencyMs)} ms.`;
  if (failing === 0) return took;
  if (report.ok) return `${countOf(failing, { one: 'thing', many: 'things' })} could be better. ${took}`;
  return `${failing} of ${report.checks.length} checks did not pass. ${took}`;
}
