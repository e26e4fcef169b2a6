import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Service {
  image: string;
  container_name?: string;
  ports?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
}

const text = readFileSync(join(import.meta.dirname, '..', 'docker-compose.yml'), 'utf8');
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };

test('a service waits only for services that exist, and for health only where health is checked', () => {
  for (const [name, service] of Object.entries(services)) {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const awaited = services[other];
      expect(awaited, `${name} waits for ${other}`).toBeDefined();
      if (condition === 'service_healthy') expect(awaited?.healthcheck?.test, other).toBeDefined();
    }
  }
});

test('the worker can be run many times: it has no name and no port of its own', () => {
  expect(services.worker?.container_name).toBeUndefined();
  expect(services.worker?.ports).toBeUndefined();
});

test('no password or key stands in the file, and every port is published on this machine only', () => {
  const secret = /PASSWORD|PWD|SECRET|KEY|TOKEN/;
  for (const service of Object.values(services)) {
    for (const [name, value] of Object.entries(service.environment ?? {})) {
      if (secret.test(name)) expect(value, name).toMatch(/^\$\{[A-Z_]+(:\?[^}]+|:-)\}$/);
    }
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
});

test('what is published listens on all addresses of its container, and tells the world its published port', () => {
  const { HARMONY_HOST, HARMONY_PUBLIC_URL } = services.api?.environment ?? {};
  expect(HARMONY_HOST).toBe('0.0.0.0');
  expect(HARMONY_PUBLIC_URL).toMatch(/:-http:\/\/localhost:\$\{PORT:-3000\}\}$/);
  expect(services.api?.ports?.[0]).toMatch(/^127\.0\.0\.1:\$\{PORT:-3000\}:3000$/);
  expect(services.sandbox?.environment).toMatchObject({ SANDBOX_HOST: '0.0.0.0' });
});

test('every variable that the file reads is explained in .env.example', () => {
  const example = readFileSync(join(import.meta.dirname, '..', '.env.example'), 'utf8');
  const read = [...text.matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map((match) => match[1]);
  expect(read.length).toBeGreaterThan(10);
  for (const name of new Set(read)) expect(example).toMatch(new RegExp(`\\n#[^\\n]+\\n${name}=\\n`));
});
