/** Icons, as outlines in the colour of the text. */
import type { ReactNode } from 'react';

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** A sun: the light theme. */
export const sunIcon = (
  <Icon>
    <circle cx="10" cy="10" r="3.2" />
    <path d="M10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M4.7 15.3l1.1-1.1M14.2 5.8l1.1-1.1" />
  </Icon>
);

/** A moon: the dark theme. */
export const moonIcon = (
  <Icon>
    <path d="M16.5 11.8A6.8 6.8 0 0 1 8.2 3.5a6.8 6.8 0 1 0 8.3 8.3Z" />
  </Icon>
);

/** A screen: the theme of the system. */
export const screenIcon = (
  <Icon>
    <rect x="2.8" y="3.8" width="14.4" height="9.6" rx="1.8" />
    <path d="M7.5 16.5h5" />
  </Icon>
);

/** A pen. */
export const penIcon = (
  <Icon>
    <path d="m3.5 16.5.7-3.2L13 4.5a1.6 1.6 0 0 1 2.3 0l.2.2a1.6 1.6 0 0 1 0 2.3l-8.8 8.8Z" />
  </Icon>
);

/** A circular arrow. */
export const retryIcon = (
  <Icon>
    <path d="M15.8 8.2A6.2 6.2 0 1 0 16 12M16.2 4.2v4h-4" />
  </Icon>
);
