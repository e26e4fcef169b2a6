import type { Session } from '../api/contract/index.ts';
import { SignOutButton } from './session/sign-out-button.tsx';
import { Wordmark } from './ui/wordmark.tsx';

export function TopBar({ session }: { session: Session }) {
  return (
    <header className="top-bar">
      <Wordmark />
      <div className="who">
        <span className="who-name">{session.user?.name ?? session.workspace.name}</span>
        <SignOutButton />
      </div>
    </header>
  );
}
