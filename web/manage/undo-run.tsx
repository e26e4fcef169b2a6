/** Takes back what a run did, after a word on what that means; then says what could not be taken back, and why. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Run, UndoReport } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { refetchIntegration, refetchRecords } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { icons } from '../ui/icons.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { describeCounts, describeUndone } from '../words/run.ts';

interface UndoRunProps {
  readonly integrationId: string;
  readonly run: Run;
}

export function UndoRun({ integrationId, run }: UndoRunProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      {run.undoneAt === undefined ? (
        <Button look="quiet" icon={icons.undo} onClick={() => setOpen(true)}>
          Undo
        </Button>
      ) : (
        <span className="run-undone muted">
          Undone <Time at={run.undoneAt} />
        </span>
      )}
      {open && <UndoDialog integrationId={integrationId} run={run} onClose={() => setOpen(false)} />}
    </>
  );
}

function UndoDialog({ integrationId, run, onClose }: UndoRunProps & { onClose: () => void }) {
  const client = useQueryClient();
  const undo = useMutation({
    mutationFn: () => api.undoRun(integrationId, run.id),
    onSuccess: () => {
      refetchRecords(client);
      return refetchIntegration(client, integrationId);
    },
  });
  if (undo.data)
    return (
      <Dialog
        open
        onClose={onClose}
        title={`${describeUndone(undo.data)} put back`}
        lead={leadOf(undo.data)}
        actions={
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        }
      >
        <Skipped report={undo.data} />
      </Dialog>
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Undo this sync?"
      lead={`What it did: ${describeCounts(run.counts, run.changedLists)}. What was changed again since then stays.`}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" busy={undo.isPending} onClick={() => undo.mutate()}>
            Undo this sync
          </Button>
        </>
      }
    >
      {undo.error && <ProblemNote error={undo.error} />}
    </Dialog>
  );
}

function leadOf({ sync, waits }: UndoReport): string {
  if (sync) return 'A sync carries it to the other side.';
  return waits ? 'It goes to the other side with the next sync.' : 'Nothing had to go to the other side.';
}

function Skipped({ report }: { report: UndoReport }) {
  const { skipped, lists } = report;
  if (skipped.length + lists.skipped.length === 0) return null;
  return (
    <ul className="plain-list">
      {skipped.map((item) => (
        <li key={`${item.contactId}-${item.field}`}>
          <strong>{item.contactName ?? 'Somebody'}</strong> stays: {item.detail}
        </li>
      ))}
      {lists.skipped.map(({ listId, listName, contactId, contactName, reason, detail }) => (
        <li key={`${listId}-${contactId}-${reason}`}>
          {contactId === null ? (
            <>
              The list <strong>{listName ?? 'without a name'}</strong> stays: {detail}
            </>
          ) : (
            <>
              <strong>{contactName ?? 'Somebody'}</strong> and the list{' '}
              <strong>{listName ?? 'without a name'}</strong> stay: {detail}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
