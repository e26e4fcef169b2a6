/** What the quick one-way path did to contacts that were there already, as the journal of planned operations has it. */
import type { contacts } from '../schema/index.ts';
import { valueIn } from './contact-columns.ts';
import type { ContactRow, MappedContact, MirrorRules } from './contact-mirror-rules.ts';
import type { NewJournalEntry } from './contact-outcome.ts';
import type { MirrorContext } from './mirror.ts';

export type PresentContact = typeof contacts.$inferSelect;

/** A contact as a page of remote contacts makes it. */
export interface QuickChange {
  readonly row: ContactRow;
  readonly mapped: MappedContact;
  readonly contactId: string;
  /** Of the contact, once it is written; as it was where nothing of it changed. */
  readonly version: number;
}

/** Entries for what differs. New contacts have none: the run that was under way as they were made says it of all their fields. */
export function journalOf(
  context: MirrorContext,
  {
    changes,
    present,
    rules,
  }: {
    changes: readonly QuickChange[];
    present: ReadonlyMap<string, PresentContact>;
    rules: Pick<MirrorRules, 'fields' | 'now'>;
  },
): NewJournalEntry[] {
  return changes.flatMap(({ row: { remoteId }, contactId, mapped }): NewJournalEntry[] => {
    const contact = present.get(contactId);
    if (contact === undefined) return [];
    const differing = rules.fields.filter(
      (field) => valueIn(contact, field) !== (mapped.values[field] ?? null),
    );
    const isRestored = contact.archivedAt !== null;
    if (differing.length === 0 && !isRestored) return [];
    const pick = (value: (field: string) => string | null) =>
      Object.fromEntries(differing.map((field) => [field, value(field)]));
    return [
      {
        ...{ integrationId: context.integrationId, runId: context.runId, side: 'harmony', at: rules.now },
        ...{ contactId, remoteId, action: isRestored ? 'restore' : 'update' },
        before: pick((field) => valueIn(contact, field)),
        after: pick((field) => mapped.values[field] ?? null),
        // Nobody edited it here, else the planner would have it.
        rules: Object.fromEntries(differing.map((field) => [field, 'one_changed'])),
      },
    ];
  });
}
