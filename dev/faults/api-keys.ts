/** Linear by a personal API key in place of a sign-in. */
import { northwind } from './provider-edits.ts';
import type { FaultWorld } from './world.ts';

/** A fresh key of the member who also signs in. It must not be found anywhere but in the credentials. */
async function makeKey(world: FaultWorld): Promise<string> {
  const { key } = await world.control<{ key: string }>('POST', `${northwind}/api-keys`, {});
  world.ledger.secrets.set(`an API key (${key.slice(-4)})`, key);
  return key;
}

export async function connectByKey(world: FaultWorld): Promise<string> {
  const apiKey = await makeKey(world);
  const body = { provider: 'linear', auth: 'api_key', apiKey };
  return `answered ${(await world.api('POST', '/v1/integrations', body)).status}`;
}

export async function replaceKey(world: FaultWorld, id: string): Promise<string> {
  const apiKey = await makeKey(world);
  return `answered ${(await world.api('PUT', `/v1/integrations/${id}/api-key`, { apiKey })).status}`;
}
