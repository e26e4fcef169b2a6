/** Whom a person sees go in a plan, keeps by turning it down, and approves of by applying it. */
import type { PlanDelete } from '../../db/queries/contact-plan-deletes.ts';
import type { ContactPlan } from '../../sync/operations.ts';
import type { Candidate } from './plan-candidate.ts';

/** undefined: nobody. One in the archive who is only untied would stay there for good, and goes as well. */
export function whoGoes({ link, contact }: Candidate, { operations }: ContactPlan): PlanDelete | undefined {
  if (link === null || contact === null) return undefined;
  const { remoteId, tombstonedAt } = link;
  const is = (...kinds: string[]) => operations.some(({ kind }) => kinds.includes(kind));
  if (is('archive_local')) return { remoteId, contactId: contact.id, side: 'harmony' };
  const isLeft = contact.archivedAt !== null && tombstonedAt === null && is('unlink');
  return isLeft || is('delete_remote') ? { remoteId, contactId: contact.id, side: 'provider' } : undefined;
}
