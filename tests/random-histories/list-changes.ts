/** What a pass changed in lists and memberships is in the journal, else no undo would know of it. */
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';

interface ListsNow {
  readonly lists: readonly { readonly id: string; readonly name: string; readonly archived: boolean }[];
  /** `<contact>/<list>` */
  readonly members: readonly string[];
  /** All that are in Harmony. */
  readonly contacts: readonly string[];
  /** Contacts that a pass made at Google, or was to make there. */
  readonly sent: readonly string[];
  /** Of lists and, with a contact, of memberships. */
  readonly journal: readonly {
    readonly seq: number;
    readonly action: string;
    readonly listId: string;
    readonly contactId: string | null;
  }[];
}

export class ListChanges {
  private known: ListsNow | undefined;

  /** What is there now: people change what they like. */
  look(now: ListsNow): void {
    this.known = now;
  }

  /** What becomes of lists with their account is no pass's doing. */
  forget(): void {
    this.known = undefined;
  }

  /** What a pass changed. */
  check(now: ListsNow): void {
    const { known } = this;
    this.known = now;
    if (known === undefined) return;
    const seen = new Set(known.journal.map(({ seq }) => seq));
    const fresh = now.journal.filter(({ seq }) => !seen.has(seq));
    const requireNoted = (listId: string, contactId: string | null, ...actions: string[]) => {
      const isNoted = fresh.some(
        (one) => one.listId === listId && one.contactId === contactId && actions.includes(one.action),
      );
      if (!isNoted) throw new InvariantBroken(`journal: no ${actions} of ${contactId ?? ''} ${listId}`);
    };
    for (const { id, name, archived } of known.lists) {
      const list = now.lists.find((one) => one.id === id);
      if (list === undefined) requireNoted(id, null, 'merge');
      else if (archived !== list.archived) requireNoted(id, null, archived ? 'restore' : 'archive');
      else if (name !== list.name) requireNoted(id, null, 'rename');
    }
    const former = new Set(known.lists.map(({ id }) => id));
    for (const { id } of now.lists) if (!former.has(id)) requireNoted(id, null, 'create');
    // Who came along with a list that went into another one is not noted one by one.
    if (fresh.some(({ action }) => action === 'merge')) return;
    const movedTo = (from: ListsNow, to: ListsNow) =>
      to.members
        .filter((key) => !from.members.includes(key))
        .map((key) => key.split('/') as [string, string])
        .filter(([contactId]) => known.contacts.includes(contactId) && !now.sent.includes(contactId));
    for (const [contactId, listId] of movedTo(known, now)) {
      if (former.has(listId)) requireNoted(listId, contactId, 'join');
    }
    for (const [contactId, listId] of movedTo(now, known)) requireNoted(listId, contactId, 'leave');
  }
}
