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
  tasks: draw(<path d="m3.5 5.5 1.5 1.5 2.5-3M3.5 13.5 5 15l2.5-3M10.5 6H17M10.5 14H17" />),
  document: draw(<path d="M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M7.5 10h5.5M7.5 13.5h5.5" />),
  search: draw(
    <>
      <circle cx="8.8" cy="8.8" r="5.3" />
      <path d="m12.8 12.8 4 4" />
    </>,
  ),
  arrive: draw(<path d="M10 3v9M6.5 8.5 10 12l3.5-3.5M3.5 12.5v4h13v-4" />),
  send: draw(<path d="M10 12V3M6.5 6.5 10 3l3.5 3.5M3.5 12.5v4h13v-4" />),
  both: draw(<path d="M4 7h11M12 4l3 3-3 3M16 13H5M8 10l-3 3 3 3" />),
  lock: draw(<path d="M4.5 9h11v7.5h-11zM7 9V6.5a3 3 0 0 1 6 0V9" />),
  copy: draw(<path d="M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7" />),
  undo: draw(<path d="M7 4 3.5 7.5 7 11M4 7.5h8a4.25 4.25 0 0 1 0 8.5H8" />),
  edit: draw(<path d="M4 16l.8-3.6L13 4.2l2.8 2.8-8.2 8.2zM11.3 6l2.8 2.8" />),
  help: draw(
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M8 8a2 2 0 1 1 2.8 1.9c-.6.3-.8.7-.8 1.4" />
      <circle className="dot" cx="10" cy="13.8" r=".9" />
    </>,
  ),
};
