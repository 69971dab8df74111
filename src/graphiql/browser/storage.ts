import type { GraphiQLProps } from 'graphiql';

/**
 * The browser's storage for tabs and history, without the headers of either: they carry tokens, and GraphiQL writes those of each
 * query to its history.
 */
export const storage: NonNullable<GraphiQLProps['storage']> = {
  get length() {
    return localStorage.length;
  },
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value.startsWith('{') ? withoutHeaders(value) : value),
  removeItem: (key) => localStorage.removeItem(key),
  clear: () => localStorage.clear(),
};

function withoutHeaders(json: string): string {
  return JSON.stringify(JSON.parse(json), (key, value) => (key === 'headers' ? null : value));
}
