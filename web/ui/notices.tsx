/** Short answers to what the person just did, at the foot of the page, read out politely. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { describeProblem } from '../api/problem.ts';
import { Button } from './button.tsx';
import { icons } from './icons.tsx';

interface Notice {
  readonly key: number;
  readonly tone: 'good' | 'warn' | 'bad';
  readonly title: string;
  readonly text?: string;
  readonly action?: NoticeAction;
}

export interface NoticeAction {
  readonly label: string;
  readonly act: () => void;
}

export interface Notices {
  tell(title: string, text?: string, action?: NoticeAction): void;
  /** It was done, and has a side that may surprise. */
  warn(title: string, text: string): void;
  tellProblem(error: unknown): void;
}

const NoticesContext = createContext<Notices>({
  tell: () => {},
  warn: () => {},
  tellProblem: () => {},
});
export const useNotices = (): Notices => useContext(NoticesContext);

const shownMs = { good: 8_000, warn: 20_000, bad: 20_000 } as const;
let nextKey = 0;

export function NoticesProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const add = useCallback((notice: Omit<Notice, 'key'>) => {
    nextKey += 1;
    const key = nextKey;
    setNotices((shown) =>
      [...shown.filter((other) => other.title !== notice.title), { ...notice, key }].slice(-3),
    );
  }, []);
  const value = useMemo<Notices>(
    () => ({
      tell: (title, text, action) =>
        add({ tone: 'good', title, ...(text ? { text } : {}), ...(action ? { action } : {}) }),
      warn: (title, text) => add({ tone: 'warn', title, text }),
      tellProblem: (error) => add({ tone: 'bad', ...describeProblem(error) }),
    }),
    [add],
  );
  return (
    <NoticesContext value={value}>
      {children}
      <div className="notices" role="status" aria-live="polite">
        {notices.map((notice) => (
          <NoticeCard
            key={notice.key}
            notice={notice}
            onClose={() => setNotices((shown) => shown.filter((other) => other.key !== notice.key))}
          />
        ))}
      </div>
    </NoticesContext>
  );
}

function NoticeCard({ notice, onClose }: { notice: Notice; onClose: () => void }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(onClose, shownMs[notice.tone]);
    return () => clearTimeout(timer);
  }, [notice.tone, held, onClose]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only keeps it from vanishing
    <div
      className={`notice notice-${notice.tone}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {notice.tone === 'good' ? icons.check : icons.warn}
      <div>
        <strong>{notice.title}</strong>
        {notice.text && <p>{notice.text}</p>}
      </div>
      {notice.action && (
        <Button
          look="quiet"
          onClick={() => {
            notice.action?.act();
            onClose();
          }}
        >
          {notice.action.label}
        </Button>
      )}
      <button type="button" className="icon-button" aria-label="Close this message" onClick={onClose}>
        {icons.cross}
      </button>
    </div>
  );
}
