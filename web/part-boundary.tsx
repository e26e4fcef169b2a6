/** Around parts that are fetched when they are first opened: what stands there when one did not come. */
import { Component, type ReactNode, useEffect, useState } from 'react';
import { Button } from './ui/button.tsx';
import { PageHeading } from './ui/page-heading.tsx';
import { Skeleton } from './ui/states.tsx';

const reloadedAtKey = 'harmony-reloaded-at';
/** A page that is loaded anew and still lacks a part is not loaded again by itself. */
const reloadEveryMs = 30_000;

export class PartBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError = () => ({ failed: true });
  override render(): ReactNode {
    return this.state.failed ? <MissingPart /> : this.props.children;
  }
}

const mayReload = (): boolean =>
  navigator.onLine && Date.now() - Number(sessionStorage.getItem(reloadedAtKey)) > reloadEveryMs;

/** Most often a newer Harmony has other files, which a fresh page knows, or the network is away. */
function MissingPart() {
  const [reloads] = useState(mayReload);
  useEffect(() => {
    const reload = (): void => location.reload();
    if (reloads) {
      sessionStorage.setItem(reloadedAtKey, String(Date.now()));
      reload();
    }
    window.addEventListener('online', reload);
    return () => window.removeEventListener('online', reload);
  }, [reloads]);
  if (reloads) return <Skeleton rows={6} />;
  return (
    <>
      <PageHeading title="This part of the page could not be loaded" />
      <p className="lead">Check your connection and try again. Nothing that you entered is lost.</p>
      <p className="more">
        <Button look="primary" onClick={() => location.reload()}>
          Try again
        </Button>
      </p>
    </>
  );
}
