/** Contacts whose remote ones are gone, and that may live on as other ones there (rule 17), for a plan of the whole account. */
import type { Executor } from '../../db/client.ts';
import { goneTiesAfter } from '../../db/queries/contact-plan-source.ts';
import type { StandIn } from '../../sync/operations.ts';
import type { ContactSync } from './contact-sync.ts';
import { findStandIns } from './find-stand-ins.ts';
import { personDecidesOn } from './plan-candidate.ts';

const batchSize = 1000;

/**
 * Of contacts whose remote ones are gone: which others may be them, by the gone one's id, and which contact goes on with a
 * remote one that is tied to nothing, by the id of that. Whom a person decides on is left out.
 */
export async function findWhoLivesOn(
  db: Executor,
  { integrationId, settingsOf }: ContactSync,
  beat: (afterId: string) => void,
): Promise<{ standIns: ReadonlyMap<string, readonly StandIn[]>; livesOnAs: ReadonlyMap<string, string> }> {
  const standIns = new Map<string, readonly StandIn[]>();
  const livesOnAs = new Map<string, string>();
  for (let afterId = ''; ; ) {
    const gone = await goneTiesAfter(db, { integrationId, afterId, limit: batchSize });
    const links = gone.map(({ link }) => link);
    const contacts = new Map(gone.map(({ contact }) => [contact.id, contact]));
    const found = await findStandIns(db, { integrationId }, { links, contacts });
    for (const { link, contact } of gone) {
      const others = found.get(link.remoteId) ?? [];
      if (others.length === 0 || personDecidesOn(link) || settingsOf(link.stream) === undefined) continue;
      // Two contacts that are gone can't both live on as one.
      const free = others.map((other) => ({
        ...other,
        linked: other.linked || livesOnAs.has(other.resourceName),
      }));
      standIns.set(link.remoteId, free);
      const [only, another] = free;
      if (only?.linked === false && another === undefined) livesOnAs.set(only.resourceName, contact.id);
    }
    beat(afterId);
    if (gone.length < batchSize) return { standIns, livesOnAs };
    afterId = links.at(-1)?.remoteId ?? '';
  }
}
