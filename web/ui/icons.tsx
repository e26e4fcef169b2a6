/** Line icons, 20 by 20, drawn for this page; always beside words or a label, so hidden from screen readers. */
import type { ReactNode } from 'react';

const draw = (shape: ReactNode) => (
  <svg className="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
    {shape}
  </svg>
);

export const icons = {
  sync: draw(<path d="M16 6.5A7 7 0 0 0 3.6 8M4 13.5A7 7 0 0 0 16.4 12M16.5 3v4h-4M3.5 17v-4h4" />),
  test: draw(<path d="M2.5 10.5h3l2.5-6 4 11 2.5-5h3" />),
  key: draw(
    <>
      <circle cx="7" cy="13" r="3.5" />
      <path d="m9.5 10.5 7-7M13.5 6.5l2.5 2.5" />
    </>,
  ),
  trash: draw(<path d="M3.5 5.5h13M8 5.5V3.5h4v2M5 5.5l.8 11h8.4l.8-11M8.5 9v4.5M11.5 9v4.5" />),
  more: draw(
    <>
      <circle className="dot" cx="10" cy="4.5" r="1.5" />
      <circle className="dot" cx="10" cy="10" r="1.5" />
      <circle className="dot" cx="10" cy="15.5" r="1.5" />
    </>,
  ),
  settings: draw(
    <>
      <path d="M3 6h7M14 6h3M3 14h3M10 14h7" />
      <circle cx="12" cy="6" r="2" />
      <circle cx="8" cy="14" r="2" />
    </>,
  ),
  check: draw(<path d="m4 10.5 4 4 8-9" />),
  dash: draw(<path d="M5 10h10" />),
  cross: draw(<path d="m5 5 10 10M15 5 5 15" />),
  warn: draw(
    <>
      <path d="M10 3 2.5 16.5h15zM10 8v4.2" />
      <circle className="dot" cx="10" cy="14.3" r=".9" />
    </>,
  ),
  back: draw(<path d="m11.5 4.5-5.5 5.5 5.5 5.5" />),
  forward: draw(<path d="m8.5 4.5 5.5 5.5-5.5 5.5" />),
  out: draw(<path d="M8 4H4v12h12v-4M11 3.5h5.5V9M16 4l-7 7" />),
  plus: draw(<path d="M10 4v12M4 10h12" />),
  link: draw(
    <path d="M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3L10 5.7M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3l1.2-1.2" />,
  ),
  people: draw(
    <>
      <circle cx="10" cy="6.5" r="3" />
      <path d="M3.5 17c.5-4 3-5.5 6.5-5.5s6 1.5 6.5 5.5" />
    </>,
  ),
  calendar: draw(<path d="M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5" />),
};
