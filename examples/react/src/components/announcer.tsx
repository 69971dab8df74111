import { useEffect, useRef, useState } from 'react';
import type { Message } from '../data/results.ts';
import { nameOf } from '../statuses.ts';

/** More changes at once than this are counted, as nobody listens to a long list. */
const MAX_NAMED = 3;

/** Reads changes of statuses to users of screen readers. */
export function Announcer({ messages }: { readonly messages: readonly Message[] | undefined }) {
  const before = useRef<readonly Message[]>(undefined);
  const [text, setText] = useState('');

  useEffect(() => {
    const changed = changesBetween(before.current ?? [], messages ?? []);
    before.current = messages;
    if (changed.length > 0) setText(describe(changed));
  }, [messages]);

  return (
    <p role="status" className="visually-hidden">
      {text}
    </p>
  );
}

function changesBetween(before: readonly Message[], after: readonly Message[]): readonly Message[] {
  const statuses = new Map(before.map(({ id, status }) => [id, status]));
  return after.filter(({ id, status }) => statuses.has(id) && statuses.get(id) !== status);
}

function describe(messages: readonly Message[]): string {
  if (messages.length > MAX_NAMED) return `${messages.length} messages have changed.`;
  return messages.map((message) => `${message.reference ?? message.id}: ${nameOf(message)}.`).join(' ');
}
