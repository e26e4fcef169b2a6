/** A contact as a plan shows it that other accounts feed, too: with what these decide once this account does no more. */
import { splitFields } from '../../db/queries/contact-columns.ts';
import type { PlannedContact } from '../../db/queries/contact-planning.ts';
import { onlyReadStreams } from '../../db/schema/index.ts';
import { type ContactFields, type FieldName, kindOf, sameValue } from '../../sync/contact-fields.ts';
import { valuesFedElsewhere } from '../../sync/field-sources.ts';
import type { ContactPlan, LocalUpdate } from '../../sync/operations.ts';
import type { Person } from '../../sync/person.ts';
import type { ContactSync } from './contact-sync.ts';
import { toLocalContact } from './local-contact.ts';
import type { OtherFeeds } from './other-feeds.ts';
import { type Candidate, personDecidesOn, planShown } from './plan-candidate.ts';

/** As `planShown`; their runs bring the values that this account has given up to Harmony, and its own next one takes them on. */
export function planBesideOthers(sync: ContactSync, candidate: Candidate, feeds: OtherFeeds): ContactPlan {
  const { link, contact } = candidate;
  const brought = broughtByOthers(sync, candidate, feeds);
  if (link === null || contact === null || Object.keys(brought).length === 0)
    return planShown(sync, candidate, feeds);
  const plan = planShown(sync, { ...candidate, contact: withValues(contact, brought) }, feeds);
  const own = plan.operations.find(
    (operation): operation is LocalUpdate => operation.kind === 'update_local',
  );
  const update: LocalUpdate = {
    ...{ kind: 'update_local', contactId: contact.id, resourceName: link.remoteId },
    ...{ expectedVersion: contact.version, fields: { ...brought, ...own?.fields }, bases: own?.bases ?? {} },
  };
  return { ...plan, operations: [update, ...plan.operations.filter((operation) => operation !== own)] };
}

function broughtByOthers(sync: ContactSync, { link, contact }: Candidate, feeds: OtherFeeds): ContactFields {
  const others = feeds.get(contact?.id ?? '');
  if (others === undefined || link === null || contact === null || contact.archivedAt !== null) return {};
  const settings = sync.settingsOf(link.stream);
  if (settings === undefined || link.tombstonedAt !== null || personDecidesOn(link)) return {};
  const { mapping, direction } = settings;
  const person = link.shadow as Person;
  const isOnlyRead = onlyReadStreams[link.stream] !== undefined;
  const mine = { mapping, direction, person, bases: sync.basesOf(link, person), isOnlyRead };
  const { fields } = toLocalContact(contact);
  const brought = Object.entries(valuesFedElsewhere(mine, others) as Values).filter(
    ([field, value]) =>
      !sameValue(kindOf(field as FieldName) ?? 'text', (fields as Values)[field] ?? null, value),
  );
  return Object.fromEntries(brought) as ContactFields;
}

type Values = Readonly<Record<string, string | null>>;

function withValues(contact: PlannedContact, values: ContactFields): PlannedContact {
  // Whoever brings a field has a value of it.
  const { own, custom } = splitFields(Object.entries(values as Readonly<Record<string, string>>));
  return { ...contact, ...own, customFields: { ...contact.customFields, ...custom } };
}
