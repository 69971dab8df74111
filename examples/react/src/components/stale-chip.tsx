import { formatDate } from '../format.ts';
import { Chip } from './chip.tsx';

/** Marks what was read before BSG became unreachable. */
export function StaleChip({ fetchedAt }: { readonly fetchedAt: string }) {
  return (
    <Chip tone="warning" title={`BSG cannot be reached. This was so at ${formatDate(fetchedAt)}.`}>
      Stale
    </Chip>
  );
}
