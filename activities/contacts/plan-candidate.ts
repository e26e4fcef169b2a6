/** One contact as the pure core plans it: its link with the shadow, its row in Harmony, or one of them alone. */
import type { LinkRow, PlannedContact } from '../../db/queries/contact-planning.ts';
import type { ContactPlan, RemoteView, StandIn } from '../../sync/operations.ts';
import type { Person } from '../../sync/person.ts';
import { planContact } from '../../sync/plan-contact.ts';
import type { ContactSync } from './contact-sync.ts';
import { toLocalContact } from './local-contact.ts';

export interface Candidate {
  /** null: a contact without a remote counterpart. */
  readonly link: LinkRow | null;
  /** null: Harmony has no such contact (yet). */
  readonly contact: PlannedContact | null;
  readonly standIns?: readonly StandIn[];
  /** The remote contact is gone by a delete of ours that was given up. */
  readonly wentByUs?: boolean;
  /** A create of this contact was sent, and its outcome isn't known. */
  readonly hasOpenCreate?: boolean;
}

export function planCandidate(sync: ContactSync, candidate: Candidate): ContactPlan {
  const { link, contact, standIns = [], wentByUs: byUs = false, hasOpenCreate = false } = candidate;
  const local = contact === null ? null : toLocalContact(contact);
  if (link === null) {
    return planContact(sync.settings, { local, remote: { state: 'none' }, link: null, hasOpenCreate });
  }
  const settings = sync.settingsOf(link.stream);
  if (settings === undefined) return { operations: [], conflicts: [], rules: {} };
  const person = link.shadow as Person;
  const isGone = link.tombstonedAt !== null;
  const remote: RemoteView = isGone ? { state: 'deleted', standIns, byUs } : { state: 'live', person };
  if (link.contactId === null) {
    return planContact(settings, { local: null, remote, link: null });
  }
  const isSettled = isGone && (local === null || local.archived === true);
  return planContact(settings, {
    local,
    remote,
    hasOpenCreate,
    link: {
      contactId: link.contactId,
      resourceName: link.remoteId,
      localVersion: link.localVersion,
      bases: sync.basesOf(link, person),
      tombstoned: link.returnedAt !== null || isSettled,
    },
  });
}
