/** What another mapping of objects would do to lists, and to contacts that are only read. */
import type { Executor } from '../db/client.ts';
import { readLists } from '../db/queries/contact-list-plan.ts';
import { findOnlyRead } from '../db/queries/contacts-only-read.ts';
import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import type { StoredObjectMapping } from '../db/schema/index.ts';
import { enabledObjects } from '../sync/default-mappings.ts';
import { flowOf, listDirection } from '../sync/list-flow.ts';
import { ListsPlan } from '../sync/plan-lists.ts';
import type { MappingPreview } from './contract/mapping.ts';
import { nameOf } from './name-contact.ts';
import { contactFieldsOfPerson } from './read-person.ts';

type Objects = readonly StoredObjectMapping[];

const samplesAtMost = 5;

/** Only effects of the change, for the direction that the person chose. */
export async function previewObjects(
  db: Executor,
  integration: IntegrationRow,
  { before, after }: { before: Objects; after: Objects },
): Promise<Pick<MappingPreview, 'lists' | 'otherContacts'>> {
  const { id: integrationId, userId, conflictPolicy } = integration;
  const syncDirection = integration.syncDirection ?? 'from_provider';
  const direction = listDirection(after, syncDirection);
  const preview: Pick<MappingPreview, 'lists' | 'otherContacts'> = {};
  if (direction !== listDirection(before, syncDirection)) {
    const query = { integrationId, userId, direction: syncDirection, flow: flowOf(direction) };
    const present = await readLists(db, query);
    const policy = conflictPolicy ?? 'newest';
    const { harmony, provider, ...rest } = new ListsPlan({ direction, policy }, present).summary();
    preview.lists = { ...rest, harmony: countsOf(harmony), provider: countsOf(provider) };
  }
  const [was, is] = [before, after].map((objects) => enabledObjects(objects).includes('otherContact'));
  if (was !== is) {
    const query = { integrationId, object: 'otherContact', isFeeding: was === true, samples: samplesAtMost };
    const { known, shadows } = await findOnlyRead(db, query);
    const samples = shadows.map((shadow) => nameOf(contactFieldsOfPerson(shadow as never)));
    preview.otherContacts = { effect: is === true ? 'come' : 'stop', known, samples };
  }
  return preview;
}

const countsOf = ({ created, updated, deleted }: { created: number; updated: number; deleted: number }) => ({
  ...{ created, updated, deleted },
});
