/** All that a batch of work is planned from, read in the transaction of the batch. */
import type { Transaction } from '../../db/client.ts';
import { findFormers, findReturned } from '../../db/queries/contact-formers.ts';
import { makesNewContacts } from '../../db/queries/contact-makers.ts';
import {
  type ContactWrite,
  findArchived,
  findLinks,
  type LinkRow,
  lockContacts,
  openWrites,
  type PlannedContact,
  tiedElsewhere,
} from '../../db/queries/contact-planning.ts';
import { takeNamedWork } from '../../db/queries/contact-queue.ts';
import { onlyReadStreams } from '../../db/schema/index.ts';
import type { StandIn } from '../../sync/operations.ts';
import type { ContactSync } from './contact-sync.ts';
import { findAdded } from './find-added.ts';
import { findLateDeletes } from './find-late-deletes.ts';
import { findLiving } from './find-living.ts';
import { findOrigins, type Origin } from './find-origins.ts';
import { findStandIns } from './find-stand-ins.ts';
import { type MatchBook, type MatchDecision, openMatchBook } from './match-book.ts';
import { loadOtherFeeds, type OtherFeeds } from './other-feeds.ts';
import { strangersOf } from './strangers.ts';

export interface BatchFacts {
  readonly sync: ContactSync;
  /** Rows of work that were taken beside those that were asked for: whoever they name may match one of them. */
  readonly alsoTaken: number;
  /** Links that are due, of what is mapped. */
  readonly links: readonly LinkRow[];
  /** Links that tie nothing and may match a contact: those that are due, and whoever was taken beside them. */
  readonly loose: readonly LinkRow[];
  /** Ids of contacts that are due, or were taken beside those, and are tied to nothing at this account. */
  readonly untied: readonly string[];
  /** Ids of contacts that the links tie. */
  readonly tied: ReadonlySet<string>;
  /** By remote id, whoever may match one of `untied` among them. */
  readonly rows: ReadonlyMap<string, LinkRow>;
  /** undefined: nobody is to be matched. */
  readonly book: MatchBook | undefined;
  /** By remote id: which create of ours it, or one that was merged into it, came from. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly mergedDoubles: ReadonlyMap<string, Origin>;
  /** By remote id: the contact that had it before it was gone, and has no other one. */
  readonly returned: ReadonlyMap<string, string>;
  /** By remote id: who lives that it goes on with, where it would bring its contact back from the archive. */
  readonly living: ReadonlyMap<string, string>;
  /** By remote id: the link, only read so far, of the contact that a person made their own there. */
  readonly added: ReadonlyMap<string, LinkRow>;
  /** By id, locked. */
  readonly contacts: ReadonlyMap<string, PlannedContact>;
  readonly writes: readonly ContactWrite[];
  /** By contact id; true where the other account stays. */
  readonly elsewhere: ReadonlyMap<string, boolean>;
  /** Contacts that are made in Harmony are to be made at this account. */
  readonly isMaker: boolean;
  /** Those of `untied` that this account had: it makes them anew, whichever one makes new contacts. */
  readonly former: ReadonlySet<string>;
  readonly feeds: OtherFeeds;
  readonly standIns: ReadonlyMap<string, readonly StandIn[]>;
  /** Remote ids that went by a delete of ours that was given up. */
  readonly lateDeletes: ReadonlySet<string>;
  readonly strangers: readonly LinkRow[];
}

/** Locks the contacts of these records, and of whoever may match one of them, and reads what they are planned from. */
export async function readBatch(
  tx: Transaction,
  sync: ContactSync,
  batch: {
    readonly work: { readonly remoteIds: readonly string[]; readonly contactIds: readonly string[] };
    readonly decisions: readonly MatchDecision[];
    readonly now: string;
    readonly mayHaveAdded: boolean;
  },
): Promise<BatchFacts> {
  const { integrationId, userId } = sync;
  const { work, decisions, now } = batch;
  const found = await findLinks(tx, { integrationId, ...work });
  const tied = new Set(found.flatMap(({ contactId }) => contactId ?? []));
  const links = found.filter(({ stream }) => sync.settingsOf(stream) !== undefined);
  const untiedLinks = links.filter(isUntied);
  const looseDue = untiedLinks.filter(mayMatch);
  const untiedDue = work.contactIds.filter((id) => !tied.has(id));
  const subject = { remoteIds: looseDue.map(({ remoteId }) => remoteId), contactIds: untiedDue, decisions };
  const matches = looseDue.length + untiedDue.length > 0;
  const book = matches ? await openMatchBook(tx, sync, subject) : undefined;
  // Who may match one another is planned at once, so that no order of the work decides who matches whom.
  const also = await takeNamedWork(tx, {
    ...{ integrationId, now, remoteIds: book?.remoteIds ?? [], contactIds: book?.contactIds ?? [] },
  });
  const alsoLoose = await findLinks(tx, { integrationId, remoteIds: also.remoteIds, contactIds: [] });
  const loose = [...looseDue, ...alsoLoose.filter(isUntied)];
  const due = [...untiedDue, ...also.contactIds];
  // Nobody is made there while it is in doubt who they are.
  const doubtful = (book?.contactIds ?? []).filter((id) => book?.reviewed.has(id) && !due.includes(id));
  const unsent = (await openWrites(tx, integrationId, doubtful)).filter(({ state }) => state === 'planned');
  const untied = [...due, ...unsent.map(({ recordId }) => recordId)];

  const partnerIds = untied.flatMap((id) => book?.byContact.get(id)?.remoteId ?? []);
  const partners = await findLinks(tx, { integrationId, remoteIds: partnerIds, contactIds: [] });
  const origins = await findOrigins(tx, integrationId, [...loose, ...partners.filter(isUntied)]);
  const mergedDoubles = await findOrigins(tx, integrationId, links.filter(isTied));
  const formerIds = loose.flatMap(({ formerOf }) => formerOf ?? []);
  const back = await findReturned(tx, { integrationId, contactIds: formerIds });
  const returned = new Map([...back].map(([contactId, remoteId]) => [remoteId, contactId]));
  const added = batch.mayHaveAdded ? await findAdded(tx, sync, loose) : new Map<string, LinkRow>();

  const archived = await findArchived(tx, userId, [...tied]);
  const living = await findLiving(tx, sync, { links, contacts: archived, decisions });

  const originIds = [...origins.values()].map(({ contactId }) => contactId);
  const matchedIds = loose.flatMap(({ remoteId }) => book?.byRemote.get(remoteId)?.contactId ?? []);
  const addedIds = [...added.values()].flatMap(({ contactId }) => contactId ?? []);
  const contactIds = [
    ...new Set([
      ...[...tied, ...untied, ...back.keys(), ...living.values()],
      ...[...matchedIds, ...originIds, ...addedIds],
    ]),
  ];
  const contacts = await lockContacts(tx, userId, contactIds);
  // A double has no contact of its own: its removal goes by the remote id.
  const looseIds = [...loose.map(({ remoteId }) => remoteId), ...partnerIds];
  const writes = await openWrites(tx, integrationId, [...contactIds, ...looseIds]);
  const elsewhere = await tiedElsewhere(tx, integrationId, contactIds);
  return {
    ...{ sync, alsoTaken: also.remoteIds.length + also.contactIds.length },
    ...{
      links,
      loose,
      untied,
      tied,
      book,
      origins,
      mergedDoubles,
      returned,
      living,
      added,
      contacts,
      writes,
      elsewhere,
    },
    rows: new Map([...links, ...partners].map((row) => [row.remoteId, row])),
    isMaker: untied.length > 0 && (await makesNewContacts(tx, integrationId)),
    former: new Set((await findFormers(tx, { integrationId, contactIds: untied })).keys()),
    feeds: await loadOtherFeeds(tx, integrationId, [...elsewhere.keys()]),
    standIns: await findStandIns(tx, sync, { links, contacts, origins }),
    lateDeletes: await findLateDeletes(tx, integrationId, links),
    strangers: await strangersOf(tx, sync, untiedLinks),
  };
}

const isUntied = ({ contactId, tombstonedAt }: LinkRow): boolean =>
  contactId === null && tombstonedAt === null;

export const isTied = ({ contactId, tombstonedAt }: LinkRow): boolean =>
  contactId !== null && tombstonedAt === null;

const mayMatch = ({ stream }: LinkRow): boolean => onlyReadStreams[stream] === undefined;
