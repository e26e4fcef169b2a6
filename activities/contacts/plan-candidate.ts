/** One contact as the pure core plans it: its link with the shadow, its row in Harmony, or one of them alone. */
import type { LinkRow, PlannedContact } from '../../db/queries/contact-planning.ts';
import { onlyReadStreams, personDecides } from '../../db/schema/index.ts';
import { fieldsFedElsewhere } from '../../sync/field-sources.ts';
import type { ContactPlan, Park, RemoteView, StandIn } from '../../sync/operations.ts';
import type { Person } from '../../sync/person.ts';
import { planContact } from '../../sync/plan-contact.ts';
import type { ContactSync } from './contact-sync.ts';
import { toLocalContact } from './local-contact.ts';
import { noOtherFeeds, type OtherFeeds } from './other-feeds.ts';

export interface Candidate {
  /** null: a contact without a remote counterpart. */
  readonly link: LinkRow | null;
  /** null: Harmony has no such contact (yet). */
  readonly contact: PlannedContact | null;
  readonly standIns?: readonly StandIn[];
  /** The remote contact is gone by a delete of ours that was given up. */
  readonly wentByUs?: boolean;
  /** Another account has the contact (`tiedElsewhere`). */
  readonly livesElsewhere?: boolean;
  /** A create of this contact was sent, and its outcome isn't known. */
  readonly hasOpenCreate?: boolean;
}

/**
 * A contact that nothing ties, as it is made at the provider: from what is known of the remote contact that it had (`former`),
 * which may bring values to Harmony, too. `feeds`: of the contact, by other accounts.
 */
export function planCreate(
  sync: ContactSync,
  contact: PlannedContact,
  { former, feeds }: { former: LinkRow | undefined; feeds: OtherFeeds },
): ContactPlan {
  const plain = planCandidate(sync, { link: null, contact }, noOtherFeeds);
  if (former === undefined || !plain.operations.some(({ kind }) => kind === 'create_remote')) return plain;
  const link = { ...former, contactId: contact.id };
  // That it is to be made there again was decided already.
  return planCandidate(sync, { link, contact, wentByUs: true }, feeds);
}

/** Nothing is planned of it until a person has decided. */
export const personDecidesOn = ({ parked }: Pick<LinkRow, 'parked'>): boolean =>
  parked !== null && personDecides.includes(parked.reason);

/** As `planCandidate`, to be shown: what waits for a person, of which the run plans nothing, is counted as that. */
export function planShown(sync: ContactSync, candidate: Candidate, feeds: OtherFeeds): ContactPlan {
  const { link } = candidate;
  if (link === null || !personDecidesOn(link)) return planCandidate(sync, candidate, feeds);
  const waits: Park = {
    ...{ kind: 'park', resourceName: link.remoteId, reason: link.parked?.reason as Park['reason'] },
    ...(link.contactId === null ? {} : { contactId: link.contactId }),
  };
  return { operations: [waits], conflicts: [], rules: {} };
}

/** `feeds`: of the candidate's contact, by other accounts. */
export function planCandidate(sync: ContactSync, candidate: Candidate, feeds: OtherFeeds): ContactPlan {
  const {
    link,
    contact,
    standIns = [],
    wentByUs: byUs = false,
    hasOpenCreate = false,
    livesElsewhere = false,
  } = candidate;
  const local = contact === null ? null : toLocalContact(contact);
  if (link === null) {
    return planContact(sync.settings, { local, remote: { state: 'none' }, link: null, hasOpenCreate });
  }
  const settings = sync.settingsOf(link.stream);
  if (settings === undefined) return { operations: [], conflicts: [], rules: {} };
  const person = link.shadow as Person;
  const isGone = link.tombstonedAt !== null;
  const remote: RemoteView = isGone
    ? { state: 'deleted', person, standIns, byUs }
    : { state: 'live', person };
  if (link.contactId === null) {
    return planContact(settings, { local: null, remote, link: null });
  }
  const bases = sync.basesOf(link, person);
  const { mapping, direction } = settings;
  const mine = { mapping, direction, person, bases, isOnlyRead: onlyReadStreams[link.stream] !== undefined };
  const agreed = local?.archived === true ? sync.agreedBefore(link, person) : undefined;
  const isSettled = isGone && (local === null || local.archived === true);
  return planContact(settings, {
    local,
    remote,
    hasOpenCreate,
    link: {
      contactId: link.contactId,
      resourceName: link.remoteId,
      localVersion: link.localVersion,
      bases,
      ...(agreed === undefined ? {} : { agreed }),
      fedElsewhere: fieldsFedElsewhere(mine, feeds.get(link.contactId) ?? []),
      livesElsewhere,
      tombstoned: link.returnedAt !== null || isSettled,
    },
  });
}
