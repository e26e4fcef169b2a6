import { icons } from './icons.tsx';
import { useNotices } from './notices.tsx';

/** Copies a text that stands beside it. `label` says what: "Copy the id of this sync". */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const notices = useNotices();
  const copy = async (): Promise<void> => {
    try {
      // Missing on plain http that is not localhost, and refused inside some frames.
      await navigator.clipboard.writeText(text);
      notices.tell('Copied', text);
    } catch {
      notices.warn('Your browser did not let Harmony copy', `Mark it and copy it by hand: ${text}`);
    }
  };
  return (
    <button
      type="button"
      className="copy-button"
      title={label}
      aria-label={label}
      onClick={() => void copy()}
    >
      {icons.copy}
    </button>
  );
}
