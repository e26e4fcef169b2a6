/**
 * One-shot of `npm start`: makes workspace, users and key when they are missing, and prints
 * `{workspaceKey, userId, signInUrl}` as one JSON line. The link is fresh each time and works once.
 */
import { openDatabase } from '../db/client.ts';
import { newSecret } from '../db/ids.ts';
import { createSignInLink, ensureUser, ensureWorkspace, ensureWorkspaceKey } from '../db/queries/identity.ts';
import { readConfig } from '../platform/config.ts';

const linkLifetimeMs = 24 * 60 * 60 * 1000;

const config = readConfig(process.env);
const given = process.env.HARMONY_WORKSPACE_KEY?.trim();
const workspaceKey = given ? given : newSecret('hk');
if (!/^hk_[\w-]{20,}$/.test(workspaceKey)) {
  console.error(
    'HARMONY_WORKSPACE_KEY has to be hk_ and at least 20 letters, digits, - or _. Leave it out for a new one.',
  );
  process.exit(1);
}

const database = openDatabase({ url: config.databaseUrl, poolSize: 1, name: 'harmony-setup' });
try {
  const account = await database.db.transaction(async (tx) => {
    const workspaceId = await ensureWorkspace(tx, 'Harmony');
    const userId = await ensureUser(tx, { workspaceId, name: 'Ada Lovelace', email: 'ada@example.com' });
    await ensureUser(tx, { workspaceId, name: 'Grace Hopper', email: 'grace@example.com' });
    await ensureWorkspaceKey(tx, { workspaceId, key: workspaceKey, name: 'npm start' });
    return { userId, link: await createSignInLink(tx, userId, linkLifetimeMs) };
  });
  const { userId, link } = account;
  console.log(JSON.stringify({ workspaceKey, userId, signInUrl: `${config.publicUrl}/sign-in#${link}` }));
} finally {
  await database.close();
}
