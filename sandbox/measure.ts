/**
 * Measures the stand-in with a million contacts: `node sandbox/measure.ts [contacts]`. Prints the time of a reset, the
 * throughput of a full listing with the server's own CPU time, and its memory. No pass or fail: machines differ.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { control, signIn } from './google/sign-in.fixture.ts';

const contacts = Number(process.argv[2] ?? 1_000_000);
const personFields =
  'names,nicknames,emailAddresses,phoneNumbers,organizations,addresses,birthdays,biographies,urls,memberships,clientData,metadata';

const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
  env: { ...process.env, SANDBOX_PORT: '0', SANDBOX_CONSENT: 'allow' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise<string>((resolve) => {
  child.stdout.on('data', (chunk: Buffer) => resolve(/http:\S+/.exec(chunk.toString())?.[0] ?? ''));
});
const sandbox = { url, close: async () => void child.kill('SIGTERM') };

/** Resident memory in MB; Linux only. */
function residentMb(): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

/** CPU seconds of the server so far; Linux only. */
function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

async function listAll(accessToken: string): Promise<{ pages: number; bytes: number }> {
  let [pages, bytes, pageToken] = [0, 0, ''];
  do {
    const query = `pageSize=1000&requestSyncToken=true&personFields=${personFields}${pageToken}`;
    const response = await fetch(`${url}/v1/people/me/connections?${query}`, {
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    const body = Buffer.from(await response.arrayBuffer());
    const next = /"nextPageToken":"([^"]+)"/.exec(body.subarray(-1000).toString())?.[1];
    pageToken = next === undefined ? '' : `&pageToken=${next}`;
    pages++;
    bytes += body.length;
  } while (pageToken !== '');
  return { pages, bytes };
}

try {
  console.log(`idle: ${residentMb()} MB`);
  const resetAt = performance.now();
  await control(sandbox, 'POST', '/reset', { seed: 1, contacts });
  console.log(
    `reset to ${contacts} contacts: ${Math.round(performance.now() - resetAt)} ms, ${residentMb()} MB`,
  );
  const { access_token } = await signIn(sandbox);
  const [listAt, cpuAt] = [performance.now(), cpuSeconds()];
  const { pages, bytes } = await listAll(access_token);
  const seconds = (performance.now() - listAt) / 1000;
  const cpu = (cpuSeconds() - cpuAt).toFixed(1);
  console.log(
    `full listing: ${pages} pages, ${Math.round(bytes / 1e6)} MB in ${seconds.toFixed(1)} s (${Math.round(contacts / seconds)} contacts/s), server CPU ${cpu} s, ${residentMb()} MB`,
  );
} finally {
  await sandbox.close();
}
