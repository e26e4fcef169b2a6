// What every part of a run is told through its environment, and where everything will be.
import { temporalConnectionOptions } from '../platform/temporal.ts';
import { type Home, keepSecret, makeEncryptionKeys, readJsonIfPresent, writePrivateFile } from './home.ts';
import { choosePorts, type Ports } from './ports.ts';
import { listNeededPorts, readStackShape, type StackShape } from './settings.ts';

export interface StackPlan {
  shape: StackShape;
  ports: Ports;
  /** Sentences for the person about ports that moved. */
  notes: string[];
  publicUrl: string;
  sandboxUrl: string | null;
  /** For every part; DATABASE_URL and TEMPORAL_ADDRESS come with the servers. */
  environment: NodeJS.ProcessEnv;
}

/** @throws Error when a port that the person set is taken or is none. */
export const planStack = async (
  home: Home,
  env: NodeJS.ProcessEnv,
  randomPorts: boolean,
): Promise<StackPlan> => {
  const shape = readStackShape(env);
  const portsFile = home.path('ports.json');
  const { ports, notes } = await choosePorts({
    env,
    last: readJsonIfPresent<Partial<Ports>>(portsFile),
    needed: listNeededPorts(shape),
    random: randomPorts,
  });
  // What somebody asked for once holds for that run.
  const kept = Object.entries(ports).filter(([name]) => !env[name]?.trim());
  writePrivateFile(portsFile, JSON.stringify(Object.fromEntries(kept)));
  const publicUrl = (env.HARMONY_PUBLIC_URL ?? `http://localhost:${ports.PORT}`).replace(/\/+$/, '');
  const sandboxUrl = shape.sandbox ? `http://localhost:${ports.SANDBOX_PORT}` : (env.SANDBOX_URL ?? null);
  const encryptionKeys =
    env.HARMONY_ENCRYPTION_KEYS ?? keepSecret(home, 'encryption-keys', makeEncryptionKeys);
  return {
    shape,
    ports,
    notes,
    publicUrl,
    sandboxUrl,
    environment: {
      ...env,
      PORT: String(ports.PORT),
      HARMONY_PUBLIC_URL: publicUrl,
      HARMONY_HOME: home.folder,
      HARMONY_ENCRYPTION_KEYS: encryptionKeys,
      ...(sandboxUrl ? { SANDBOX_URL: sandboxUrl } : {}),
    },
  };
};

/** Where a Temporal server of the person's own is, as @temporalio/envconfig reads it. */
export const readOwnTemporal = (env: NodeJS.ProcessEnv) => {
  const address = temporalConnectionOptions(env).address ?? env.TEMPORAL_ADDRESS ?? '';
  return {
    uiUrl: env.TEMPORAL_UI_URL ?? null,
    environment: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: env.TEMPORAL_NAMESPACE ?? 'default' },
  };
};
