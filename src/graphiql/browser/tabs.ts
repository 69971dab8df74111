import type { GraphiQLProps } from 'graphiql';
import { EXAMPLES } from '../examples.ts';
import { storage } from './storage.ts';

/** What a tab is opened with; texts as in its editors. */
interface Tab {
  readonly query: string | null;
  readonly variables?: string | null;
  readonly headers?: string | null;
}

/**
 * The tabs that GraphiQL opens with: those of the last visit, or the examples. A query in the URL has one tab of its own, which is
 * in front.
 */
export function initialTabs(search: URLSearchParams): Partial<GraphiQLProps> {
  const linked = linkedTab(search);
  const defaultTabs = EXAMPLES.map((example): Tab => example);
  if (linked !== null) defaultTabs.unshift(linked);
  const front = linked ?? storedTab() ?? defaultTabs[0];
  return {
    defaultTabs: defaultTabs.map((tab) => ({ ...tab })),
    initialQuery: front?.query ?? '',
    initialVariables: front?.variables ?? '',
    initialHeaders: front?.headers ?? '',
  };
}

function linkedTab(search: URLSearchParams): Tab | null {
  const query = search.get('query');
  return query === null ? null : { query, variables: search.get('variables'), headers: search.get('headers') };
}

/** The tab that was in front at the last visit. */
function storedTab(): Tab | null {
  try {
    const { tabs, activeTabIndex } = JSON.parse(storage.getItem('graphiql:tabState') ?? '');
    return tabs[activeTabIndex] ?? null;
  } catch {
    // Nothing is stored, or another version stored it: GraphiQL opens with the default tabs as well.
    return null;
  }
}
