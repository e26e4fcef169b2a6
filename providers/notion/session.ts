import {
  type FetchRequest,
  type ProviderEnvironment,
  ProviderError,
  type RecordPage,
  type Session,
} from '../contract/index.ts';
import { accountOf } from './account-of.ts';
import { listCollections, loosePages } from './collections.ts';
import { confirmPagesGone } from './confirm-gone.ts';
import { readCursor } from './cursor.ts';
import { listAllLoose, listEditedLoose } from './list-loose.ts';
import { listAllRows, listEditedRows } from './list-rows.ts';
import { createNotion, type Notion } from './transport.ts';

export function openNotionSession(
  { accessToken }: { readonly accessToken: string },
  environment: ProviderEnvironment,
): Session {
  const notion = createNotion(environment, { accessToken });
  return {
    async whoAmI(signal) {
      const self = await notion(signal, (client) => client.users.me({}));
      return self.type === 'bot' ? accountOf(self.bot) : undefined;
    },
    listCollections: (signal, known = []) => listCollections(notion, signal, known),
    fetchPage: (request) => fetchPages(notion, request),
    confirmGone: (request) => confirmPagesGone(notion, request),
  };
}

async function fetchPages(notion: Notion, request: FetchRequest): Promise<RecordPage> {
  const { stream, collection } = request;
  if (stream !== 'pages' || collection === undefined) {
    throw new ProviderError({
      kind: 'invalid_request',
      message: 'Pages are listed for one collection each.',
    });
  }
  const at = readCursor(request.cursor, Date.now());
  if (collection === loosePages) {
    return at.kind === 'full' ? listAllLoose(notion, at, request) : listEditedLoose(notion, at, request);
  }
  return at.kind === 'full'
    ? listAllRows(notion, collection, at, request)
    : listEditedRows(notion, collection, at, request);
}
