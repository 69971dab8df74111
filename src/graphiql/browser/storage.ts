import type { GraphiQLProps } from 'graphiql';

/**
 * The browser's storage for tabs and history, without the headers of either: they carry tokens, and GraphiQL writes those of each
 * query to its history.
 */
export const storage: NonNullable<GraphiQLProps['storage']> = {
  get length() {
    return ownKeys().length;
  },
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value.startsWith('{') ? withoutHeaders(value) : value),
  removeItem: (key) => localStorage.removeItem(key),
  clear() {
    for (const key of ownKeys()) localStorage.removeItem(key);
  },
};

/** Pages of other programs on this origin have keys of their own. */
function ownKeys(): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith('graphiql:'));
}

function withoutHeaders(json: string): string {
  return JSON.stringify(JSON.parse(json), (key, value) => (key === 'headers' ? null : value));
}
