/** The store of each kind of record, one line each. A provider of known kinds needs nothing here. */
import type { RecordKind } from '../../providers/contract/index.ts';
import { calendarEventStore } from './calendar-events.ts';
import { commentStore } from './comments.ts';
import { contactListStore } from './contact-lists.ts';
import { contactStore } from './contacts.ts';
import { documentStore } from './documents.ts';
import { personStore } from './people.ts';
import type { RecordStore } from './store.ts';
import { taskStore } from './tasks.ts';

const stores: Partial<Record<RecordKind, RecordStore>> = {
  contact: contactStore,
  contact_list: contactListStore,
  calendar_event: calendarEventStore,
  task: taskStore,
  comment: commentStore,
  person: personStore,
  document: documentStore,
};

/** Throws for a kind that nothing stores yet: a registered adapter must not declare one. */
export function storeOf(kind: RecordKind): RecordStore {
  const store = stores[kind];
  if (store === undefined) throw new Error(`Nothing stores records of kind ${kind}.`);
  return store;
}
