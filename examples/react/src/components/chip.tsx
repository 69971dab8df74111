import type { ReactNode } from 'react';
import type { Tone } from '../statuses.ts';
import './chip.css';

/** A short word with a colour. The word alone has to say everything. */
export function Chip({ tone, children, title }: ChipProps) {
  return (
    <span className={`chip chip-${tone}`} title={title}>
      <span className="chip-dot" aria-hidden="true" />
      {children}
    </span>
  );
}

interface ChipProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  /** Explains the word. */
  readonly title?: string;
}
