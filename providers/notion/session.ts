import {
  type FetchRequest,
  type ProviderEnvironment,
  ProviderError,
  type RecordPage,
  type RemoteAccount,
  type Session,
} from '../contract/index.ts';
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
    whoAmI: (signal) => askWhoAmI(notion, signal),
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

/** The account is the workspace; whose grant it is, the person who shared pages of it. */
async function askWhoAmI(notion: Notion, signal: AbortSignal): Promise<RemoteAccount> {
  const self = await notion(signal, (client) => client.users.me({}));
  if (self.type !== 'bot' || !('workspace_id' in self.bot)) {
    throw new ProviderError({ kind: 'schema_drift', message: 'Notion answered without a workspace.' });
  }
  const { workspace_id: id, workspace_name: name, owner } = self.bot;
  const account = { id, name: name ?? 'Notion' };
  if (owner.type !== 'user') return account;
  const person = 'person' in owner.user ? owner.user.person : undefined;
  return {
    ...account,
    grantId: `${id}/${owner.user.id}`,
    ...(person?.email === undefined ? {} : { email: person.email }),
  };
}
