/** The line icons of the screens, drawn on a 24-unit grid; decoration only, words stand beside them. */
const paths = {
  plus: 'M12 5v14M5 12h14',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3 20 20',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4',
  ticket: 'M4 7h16v3.5a1.5 1.5 0 0 0 0 3V17H4v-3.5a1.5 1.5 0 0 0 0-3zM14 7.5v9',
  people: 'M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.5 19c0-3 2.5-5 5.5-5s5.5 2 5.5 5M16 5.3a3 3 0 0 1 0 5.4M17.5 14.3c1.9.7 3 2.4 3 4.7',
  folder: 'M3.5 6.5h6l2 2h9v10h-17z',
  send: 'M12 19V6M6.5 11 12 5.5 17.5 11M5 20h14',
  today: 'M5 6h14v13H5zM5 10h14M9 4v4M15 4v4M9 14l2 2 4-3.5',
  book: 'M5 5.5A2 2 0 0 1 7 4h12v14H7a2 2 0 0 0-2 2zM5 20V5.5M19 18v2H7M9 8.5h6M9 12h4',
  settings: 'M4 8h9M17 8h3M4 16h3M11 16h9M15 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 18.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  printer: 'M7 9V4h10v5M7 17H4.5v-7h15v7H17M7 14h10v6H7z',
  cloud: 'M7 18.5a4 4 0 0 1-.6-8A6 6 0 0 1 18 11.2a3.7 3.7 0 0 1-.5 7.3z',
  'cloud-off': 'M4 4l16 16M9.5 6.1A6 6 0 0 1 18 11.2a3.7 3.7 0 0 1 2 5.6M17 18.500H7a4 4 0 0 1-.6-8l.8-.9',
  hash: 'M9.5 4.5 7.5 19.500M16.5 4.500l-2 15M4.5 9.500h15.500M4 14.500h15.5',
  user: 'M12 11.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c.3-3.6 3.2-6 7-6s6.7 2.4 7 6',
  check: 'M5 12.5 10 17.5 19 7',
  warning: 'M12 4 21 19.500H3zM12 10v4.500M12 17v.2',
  info: 'M12 20.500a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5.500M12 8v.2',
  close: 'M6 6l12 12M18 6 6 18',
  down: 'M6 9.500l6 6 6-6',
  right: 'M9 6l6 6-6 6',
  left: 'M15 6l-6 6 6 6',
  rotate: 'M18.5 8A7.5 7.5 0 1 0 19.5 13M19 4v4.500h-4.5',
  clock: 'M12 20.500a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7v5.500l3.5 2',
  file: 'M6.5 3.500h7.500l4 4v13H6.500zM14 3.500v4h4',
  home: 'M4 11.5 12 5l8 6.500M6.5 10v9.500h11V10',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      style={{ flex: 'none' }}
    >
      <path d={paths[name]} />
    </svg>
  );
}
