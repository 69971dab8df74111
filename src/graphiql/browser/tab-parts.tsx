/** Parts of the page that follow the tab in front. */
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { type RefObject, useEffect, useRef } from 'react';
import { Events } from './events.tsx';
import type { Stream } from './stream.ts';

/** Options of {@link TabEvents}. */
interface TabEventsProps {
  /** The last subscription of each tab, by the tab's id. */
  readonly streams: Readonly<Record<string, Stream>>;
  /** Receives the id of the tab in front. */
  readonly activeTab: RefObject<string>;
}

/** The events of the tab in front. */
export function TabEvents({ streams, activeTab }: TabEventsProps) {
  const tab = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.id ?? '');
  useEffect(() => {
    activeTab.current = tab;
  }, [tab, activeTab]);
  return <Events stream={streams[tab]} />;
}

/** Keeps the tab in front in view: the row of tabs scrolls without a scroll bar. */
export function TabInView() {
  const index = useGraphiQL(({ activeTabIndex }) => activeTabIndex);
  useEffect(() => {
    document.getElementById(`graphiql-session-tab-${index}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [index]);
  return null;
}

/** Selects the operation that the URL names, as soon as the editor has read it. */
export function LinkedOperation({ name }: { readonly name: string | null }) {
  const { setOperationName } = useGraphiQLActions();
  const editor = useGraphiQL(({ queryEditor }) => queryEditor);
  const operation = useGraphiQL(({ operations }) => operations?.find((each) => each.name?.value === name));
  const isSelected = useRef(false);
  useEffect(() => {
    if (name === null || isSelected.current || editor === undefined || operation === undefined) return;
    isSelected.current = true;
    setOperationName(name);
    // The keyboard shortcut runs the operation at the cursor.
    const position = editor.getModel()?.getPositionAt(operation.loc?.start ?? 0);
    if (position !== undefined) editor.setPosition(position);
  }, [name, editor, operation, setOperationName]);
  return null;
}

/** Removes the error of a failed introspection from the result when the schema is loaded again. */
export function SchemaErrors() {
  const editor = useGraphiQL(({ responseEditor }) => responseEditor);
  const error = useGraphiQL(({ fetchError }) => fetchError);
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (error === null && shown.current !== null && editor?.getValue() === shown.current) editor.setValue('');
    shown.current = error;
  }, [error, editor]);
  return null;
}
