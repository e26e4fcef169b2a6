/**
 * Has the stand-ins of Linear and Notion push to this API. Live, a person enters the address once in the vendor's own
 * pages (README, "Going live"); Google's watches are opened by Harmony itself.
 */
interface StandIns {
  sandboxUrl: string;
  apiUrl: string;
}

const answerTimeoutMs = 10_000;

/** May be repeated: an address that is known already is left as it is. @throws Error when the stand-ins refuse. */
export const subscribeToStandIns = async ({ sandboxUrl, apiUrl }: StandIns): Promise<void> => {
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${sandboxUrl}/_control${path}`, {
      method,
      signal: AbortSignal.timeout(answerTimeoutMs),
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 200)}`);
    return JSON.parse(text) as T;
  };
  const linear = { appWebhookUrl: `${apiUrl}/webhooks/linear` };
  await control('PATCH', '/settings', { linear });

  const url = `${apiUrl}/webhooks/notion`;
  const { data: accounts } = await control<{ data: { provider: string; name: string }[] }>(
    'GET',
    '/accounts',
  );
  // A subscription is the app's, for all of its workspaces: any of them will do.
  const workspace = accounts.find(({ provider }) => provider === 'notion')?.name;
  if (workspace === undefined) return;
  const subscriptions = `/notion/${workspace}/webhook-subscription`;
  const { data: known } = await control<{ data: { id: string; url: string; status: string }[] }>(
    'GET',
    subscriptions,
  );
  for (const { id } of known.filter((one) => one.url !== url || one.status !== 'active')) {
    await control('DELETE', `${subscriptions}/${id}`);
  }
  if (!known.some((one) => one.url === url && one.status === 'active')) {
    await control('POST', subscriptions, { url });
  }
};
