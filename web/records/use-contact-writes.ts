import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Contact, WrittenContact } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { contactQuery, refetchRecords } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';
import { contactName } from '../words/contact.ts';

/** Archives a contact and brings it back; each is undone by the other, with one press, and tells what may surprise. */
export function useArchiveContact(contact: Contact) {
  const client = useQueryClient();
  const notices = useNotices();
  const after = ({ warnings = [] }: WrittenContact): Promise<void> => {
    for (const warning of warnings) notices.warn(warning.title, warning.remedy);
    refetchRecords(client);
    return client.invalidateQueries({ queryKey: contactQuery(contact.id).queryKey });
  };
  const write = (action: 'archive' | 'restore') =>
    action === 'archive' ? api.archiveContact(contact.id) : api.restoreContact(contact.id);
  const undo = useMutation({ mutationFn: write, onSuccess: after, onError: notices.tellProblem });
  return useMutation({
    mutationFn: write,
    onSuccess: (written, action) => {
      const archived = action === 'archive';
      notices.tell(`${contactName(contact)} is ${archived ? 'archived' : 'back'}`, undefined, {
        label: 'Undo',
        act: () => undo.mutate(archived ? 'restore' : 'archive'),
      });
      return after(written);
    },
    onError: notices.tellProblem,
  });
}

/** Says that a contact was written, or what of it may surprise. */
export function useTellWritten() {
  const notices = useNotices();
  return ({ warnings = [] }: WrittenContact, title: string): void => {
    if (warnings.length === 0) notices.tell(title);
    for (const warning of warnings) notices.warn(warning.title, warning.remedy);
  };
}
