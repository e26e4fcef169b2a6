/** What only the API reads from the environment, beside platform/config.ts; see .env.example. */
import { z } from 'zod';
import { type Environment, parseEnvironment } from '../platform/environment.ts';

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

const schema = z.object({
  HARMONY_HOST: z.string().min(1).default('127.0.0.1'),
  HARMONY_RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(3000),
  HARMONY_REQUESTS_AT_ONCE: z.coerce.number().int().min(1).default(50),
  HARMONY_WEBHOOK_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(30_000),
  HARMONY_STREAMS_PER_CALLER: z.coerce.number().int().min(1).default(20),
  HARMONY_TRUST_PROXY: z.coerce.number().int().min(0).default(0),
  HARMONY_EMBED_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .pipe(z.array(z.string().refine(isOrigin, 'each has to be an origin such as https://app.example.com'))),
});

export interface ApiSettings {
  /** The address to listen on; 0.0.0.0 in a container. */
  readonly host: string;
  /** Per workspace key, session or, without either, address. */
  readonly requestsPerMinute: number;
  /** Requests that are being answered; as many again wait for up to a second, and past these 429. */
  readonly requestsAtOnce: number;
  /** Per sending address. */
  readonly webhooksPerMinute: number;
  /** Event streams that one caller may hold open. */
  readonly streamsPerCaller: number;
  /** How many reverse proxies in front of us add X-Forwarded-For; 0 believes none. */
  readonly trustedProxies: number;
  /** The sites whose pages may show ours in a frame, under /embed; none: nobody may. */
  readonly embedOrigins: readonly string[];
}

/** Throws one error that names every variable that is wrong. */
export function readApiSettings(env: Environment): ApiSettings {
  const value = parseEnvironment(schema, env);
  return {
    host: value.HARMONY_HOST,
    requestsPerMinute: value.HARMONY_RATE_LIMIT_PER_MINUTE,
    requestsAtOnce: value.HARMONY_REQUESTS_AT_ONCE,
    webhooksPerMinute: value.HARMONY_WEBHOOK_LIMIT_PER_MINUTE,
    streamsPerCaller: value.HARMONY_STREAMS_PER_CALLER,
    trustedProxies: value.HARMONY_TRUST_PROXY,
    embedOrigins: value.HARMONY_EMBED_ORIGINS,
  };
}
