import { hash } from 'node:crypto';
import {
  type DocumentRow,
  hideDocuments,
  knownDocumentEtags,
  purgeDocuments,
  removeDocuments,
  unseenDocuments,
  writeDocuments,
} from '../../db/queries/documents.ts';
import type { DocumentRecord } from '../../providers/contract/index.ts';
import { mirror, type RecordStore } from './store.ts';

/** What was lost sight of is hidden, and never kept beyond its integration. */
export const documentStore: RecordStore = {
  prepare(page) {
    const rows = (page.upserts as readonly DocumentRecord[]).map(shape);
    const { deletions, lost = [] } = page;
    return (tx, context) => writeDocuments(tx, context, { rows, deletions, lost });
  },
  findUnseen: (db, { key, limit, ...query }) => unseenDocuments(db, { ...key, ...query }, limit),
  remove: (tx, key, remoteIds) => removeDocuments(tx, key.collectionId, remoteIds),
  hide: (tx, key, remoteIds) => hideDocuments(tx, key.collectionId, remoteIds),
  knownEtags: (db, key, remoteIds) => knownDocumentEtags(db, key.integrationId, remoteIds),
  purgeCollection: (tx, collectionId, limit) => purgeDocuments(tx, { collectionId }, limit),
  purgeIntegration: (tx, { integrationId, records, limit }) =>
    purgeDocuments(tx, { integrationId, hiddenOnly: records === 'keep' }, limit),
};

function shape(record: DocumentRecord): DocumentRow {
  const { title, url, properties, content } = record;
  const text = content === undefined ? {} : { text: { content, hash: hash('sha256', content, 'base64url') } };
  return { ...mirror(record), title, url, properties, ...text };
}
