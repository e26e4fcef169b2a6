/** A person's browser on its way through the consent page, where each answer may get lost. */
import { followSignIn } from '../drive.ts';
import type { FaultWorld } from './world.ts';

export async function connect(world: FaultWorld, provider: string): Promise<string> {
  const answer = await world.api<{ authorizationUrl: string }>('POST', '/v1/integrations', { provider });
  if (answer.status !== 201) return `answered ${answer.status}`;
  return follow(answer.body.authorizationUrl);
}

export async function reauthenticate(world: FaultWorld, id: string): Promise<string> {
  const path = `/v1/integrations/${id}/reauthenticate`;
  const answer = await world.api<{ authorizationUrl: string }>('POST', path);
  return answer.status === 200 ? follow(answer.body.authorizationUrl) : `answered ${answer.status}`;
}

/** A link works once: a sign-in that breaks off on its way is no fault of the product, and stays broken off. */
const follow = (url: string): Promise<string> =>
  followSignIn(url, AbortSignal.timeout(20_000)).then(
    () => 'signed in',
    (error: Error) => `broke off: ${error.message.slice(0, 80)}`,
  );
