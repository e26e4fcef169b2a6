/** Moves between the page's addresses: a handful of paths, so the browser's own history is enough. */
import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react';
import { embedPrefix, type Route, readRoute } from './routes.ts';

/** Whether the page stands inside another product's. */
export const isEmbedded = location.pathname.split('/')[1] === embedPrefix.slice(1);
const address = (path: string): string => (isEmbedded ? `${embedPrefix}${path}` : path);

/** What `navigate` leads back to. */
export const currentPath = (): string =>
  (isEmbedded ? location.pathname.slice(embedPrefix.length) : location.pathname) + location.search;

const listeners = new Set<() => void>();
let steps = 0;
const changed = (): void => {
  steps += 1;
  for (const listener of listeners) listener();
};
window.addEventListener('popstate', changed);

/** Whether the person moved within the page since it was loaded: only then is focus moved to the new heading. */
export const hasNavigated = (): boolean => steps > 0;

export function navigate(path: string, how: { replace?: boolean } = {}): void {
  if (how.replace) history.replaceState(null, '', address(path));
  else history.pushState(null, '', address(path));
  if (!how.replace) window.scrollTo(0, 0);
  changed();
}

export function useRoute(): Route {
  const href = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => location.pathname + location.search,
  );
  return readRoute(new URL(href, location.origin));
}

/** A real link (it can be opened in another tab) that a plain click follows without loading the page again. */
export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (event.defaultPrevented || !plain) return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={address(href)} onClick={follow} {...rest} />;
}
