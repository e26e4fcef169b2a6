import type { OauthTokenResponse } from '@notionhq/client';
import type { RemoteAccount } from '../contract/index.ts';

/** As the token's answer and `users/me` name it. */
type Named = Pick<OauthTokenResponse, 'workspace_id' | 'workspace_name' | 'owner'>;

/**
 * The account is the workspace; whose grant it is, the person who shared pages of it. undefined where the answer names no
 * workspace, as that of `users/me` may.
 */
export function accountOf({
  workspace_id: id,
  workspace_name,
  owner,
}: Partial<Named>): RemoteAccount | undefined {
  if (!id || owner === undefined) return undefined;
  const account = { id, name: workspace_name ?? 'Notion' };
  if (owner.type !== 'user') return account;
  const person = 'person' in owner.user ? owner.user.person : undefined;
  return {
    ...account,
    grantId: `${id}/${owner.user.id}`,
    ...(person?.email === undefined ? {} : { email: person.email }),
  };
}
