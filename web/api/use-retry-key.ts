import { useRef } from 'react';
import { newIdempotencyKey } from './call-api.ts';

/** Gives the same key while the same thing is sent again: an answer that was lost must not make it twice. */
export function useRetryKey(): (body: unknown) => string {
  const sent = useRef({ body: '', key: '' });
  return (body) => {
    const text = JSON.stringify(body);
    if (sent.current.body !== text) sent.current = { body: text, key: newIdempotencyKey() };
    return sent.current.key;
  };
}
