/** What the screen shows and with which client, kept in the address so that a link shows the same. */
import { startTransition, useState } from 'react';

/** Names of the data layers. */
export type ClientName = 'apollo' | 'urql';

/** What can be chosen. */
export interface Settings {
  readonly client: ClientName;
  readonly references: readonly string[];
  readonly taskId: string;
}

/** Messages and a campaign of the sandbox that change with time, and one error of each kind. */
const DEFAULTS: Settings = {
  client: 'apollo',
  references: [
    ...['moving_1', 'moving_2', 'moving_3', 'moving_4', 'moving_6', 'moving_7', 'moving_8', 'moving_9', 'moving_10'],
    ...['ext_id_19', 'longest_id', 'status_read', 'status_scheduled', 'status_moderation', 'status_expired'],
    ...['nobody', 'order 42', 'error_8', 'error_11'],
  ],
  taskId: '5010',
};

/** The settings, and a function that changes some of them. */
export function useSettings(): [Settings, (changes: Partial<Settings>) => void] {
  const [settings, setSettings] = useState(() => parse(new URLSearchParams(location.search)));
  const change = (changes: Partial<Settings>) => {
    const next = { ...settings, ...changes };
    history.replaceState(null, '', `?${format(next)}`);
    // What is shown stays until the other client is loaded.
    startTransition(() => setSettings(next));
  };
  return [settings, change];
}

/** The references in a text: one per line, or separated by commas. */
export function parseReferences(text: string): readonly string[] {
  const references = text.split(/[\n,]/).map((reference) => reference.trim());
  return [...new Set(references.filter((reference) => reference !== ''))];
}

function parse(params: URLSearchParams): Settings {
  return {
    client: params.get('client') === 'urql' ? 'urql' : 'apollo',
    references: parseReferences(params.get('references') ?? DEFAULTS.references.join()),
    taskId: params.get('campaign') ?? DEFAULTS.taskId,
  };
}

function format({ client, references, taskId }: Settings): URLSearchParams {
  return new URLSearchParams({ client, references: references.join(), campaign: taskId });
}
