import { GraphiQL } from 'graphiql';
import { useMemo, useRef, useState } from 'react';
import { createFetcher } from './fetcher.ts';
import { storage } from './storage.ts';
import type { Stream } from './stream.ts';
import { LinkedOperation, SchemaErrors, TabEvents, TabInView } from './tab-parts.tsx';
import { initialTabs } from './tabs.ts';
import { TokenField } from './token-field.tsx';

const search = new URLSearchParams(location.search);
const tabs = initialTabs(search);
const isNarrow = matchMedia('(max-width: 700px)').matches;

/** Options of {@link Page}. */
interface PageProps {
  /** Whether the server requires a bearer token. */
  readonly needsToken: boolean;
}

/** The whole page: a bar with the token field, and GraphiQL. */
export function Page({ needsToken }: PageProps) {
  const [token, setToken] = useState('');
  const [streams, setStreams] = useState<Readonly<Record<string, Stream>>>({});
  const activeTab = useRef('');
  // A new fetcher makes GraphiQL load the schema again.
  const fetcher = useMemo(
    () =>
      createFetcher(token, () => {
        const tab = activeTab.current;
        return (stream) => setStreams((all) => ({ ...all, [tab]: stream }));
      }),
    [token],
  );
  return (
    <>
      <header className="graphiql-container bar">
        <h1>BSG GraphQL</h1>
        {needsToken && <TokenField onToken={setToken} />}
      </header>
      <GraphiQL
        {...tabs}
        fetcher={fetcher}
        storage={storage}
        shouldPersistHeaders={false}
        schemaDescription
        inputValueDeprecation
        defaultEditorToolsVisibility={!isNarrow}
      >
        <GraphiQL.Logo> </GraphiQL.Logo>
        <GraphiQL.Footer>
          <TabEvents streams={streams} activeTab={activeTab} />
          <LinkedOperation name={search.get('operationName')} />
          <TabInView />
          <SchemaErrors />
        </GraphiQL.Footer>
      </GraphiQL>
    </>
  );
}
