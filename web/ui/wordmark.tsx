export function Wordmark() {
  return (
    <span className="wordmark">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
        <rect className="wordmark-tile" width="32" height="32" rx="9" />
        <path className="wordmark-line" d="M9 8v16M23 8v16M9 16c4.5-5 9.5-5 14 0" />
      </svg>
      Harmony
    </span>
  );
}
