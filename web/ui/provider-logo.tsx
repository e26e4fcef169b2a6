/** A mark for each provider, drawn for this page; a provider without one shows its first letter. */
import type { ReactNode } from 'react';

const marks: Readonly<Record<string, ReactNode>> = {
  'google-calendar': (
    <>
      <rect x="6" y="8" width="28" height="26" rx="5" fill="#fff" stroke="#3b6fd8" strokeWidth="2.5" />
      <path d="M6 16h28" stroke="#3b6fd8" strokeWidth="2.5" />
      <path d="M13 5v6M27 5v6" stroke="#3b6fd8" strokeWidth="3" strokeLinecap="round" />
      <rect x="11.5" y="20" width="5" height="4" rx="1" fill="#2e9e5b" />
      <rect x="18" y="20" width="5" height="4" rx="1" fill="#e8a317" />
      <rect x="24.5" y="20" width="5" height="4" rx="1" fill="#d64538" />
      <rect x="11.5" y="26.5" width="5" height="4" rx="1" fill="#3b6fd8" />
    </>
  ),
  'google-contacts': (
    <>
      <rect x="7" y="5" width="26" height="30" rx="5" fill="#3b6fd8" />
      <circle cx="20" cy="16" r="5" fill="#fff" />
      <path d="M11.5 29c.6-5.5 4-7.5 8.5-7.5s7.9 2 8.5 7.5z" fill="#fff" />
      <path d="M5 12h4M5 20h4M5 28h4" stroke="#1f4aa3" strokeWidth="2.5" strokeLinecap="round" />
    </>
  ),
  linear: (
    <>
      <rect width="40" height="40" rx="10" fill="#4b51c4" />
      <path
        d="M8 22 18 32M8 15l17 17M12 10l18 18M20 8l12 12"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
      />
    </>
  ),
  notion: (
    <>
      <rect x="3" y="3" width="34" height="34" rx="7" fill="#fff" stroke="#3a3a40" strokeWidth="2.5" />
      <path
        d="M13 29V12l14 16V11"
        fill="none"
        stroke="#26262b"
        strokeWidth="3.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
};

export function ProviderLogo({ id, name }: { id: string; name: string }) {
  return (
    <svg className="logo" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true" focusable="false">
      {marks[id] ?? (
        <>
          <rect className="logo-plain" width="40" height="40" rx="10" />
          <text className="logo-letter" x="20" y="27" textAnchor="middle">
            {name.slice(0, 1).toUpperCase()}
          </text>
        </>
      )}
    </svg>
  );
}
